/**
 * A pod that answers gRPC health checks (grpc.health.v1): SERVING until it gets SIGUSR1, NOT_SERVING from then on. Messages are so small that their bytes
 * are written as they are: field 1, a number.
 */
import { Server, ServerCredentials } from '@grpc/grpc-js'

const bytes = { serialize: (value) => value, deserialize: (value) => value }
const check = {
  path: '/grpc.health.v1.Health/Check',
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
}
const serving = 1
const notServing = 2

let status = serving
const server = new Server()
server.addService({ Check: check }, { Check: (_, answer) => answer(null, Buffer.from([0x08, status])) })
server.bindAsync('0.0.0.0:9000', ServerCredentials.createInsecure(), () => console.log('listening'))
process.on('SIGUSR1', () => {
  status = notServing
})
process.on('SIGTERM', () => process.exit(0))
