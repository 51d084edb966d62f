import { preset } from '@evenkeel/tooling/tsup'

export default preset({ entry: ['src/index.ts', 'src/grpc/index.ts'] })
