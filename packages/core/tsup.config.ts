import { preset } from '@evenkeel/tooling/tsup'

// The main entry is one file and not two that share a third: each file that Node loads takes its time.
export default preset({ entry: ['src/index.ts', 'src/testing/index.ts'], separate: ['index'] })
