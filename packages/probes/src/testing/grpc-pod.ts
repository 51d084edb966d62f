/**
 * A pod with a server of grpc-js among the servers of `probes`: it answers unary calls, and its check `database` fails from SIGUSR1 on.
 */

import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import { grpcServer } from '../grpc/index.ts'
import { probes } from '../index.ts'

const bytes = (value: Buffer): Buffer => value
const ask = {
  path: '/shop.Catalog/Ask',
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
}

let isWell = true
const server = new Server()
server.addService(
  { Ask: ask },
  { Ask: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => answer(null, call.request) },
)
process.on('SIGUSR1', () => {
  isWell = false
})
probes({
  servers: [grpcServer(server, { services: { 'shop.Catalog': ['database'], 'shop.Prices': [] } })],
  checks: { database: () => isWell },
  lameDuckMs: 2_000,
  gracePeriodMs: 10_000,
  onDrained: ({ kind }) => console.log(kind),
})
server.bindAsync('0.0.0.0:9000', ServerCredentials.createInsecure(), () => console.log('listening'))
