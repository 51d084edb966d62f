/**
 * A pod of the trial of gRPC: a server of grpc-js with our probes, set up by the environment of its pod.
 */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { probes } from '@evenkeel/probes'
import { grpcServer } from '@evenkeel/probes/grpc'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { startArrivals } from '../arrivals.ts'
import { ordersService } from '../service.ts'
import { orders } from './orders.ts'

const { POD_NAME = '', POD_IP = '', ARRIVALS = '', CONNECTION_AGE_MS } = process.env
const arrived = startArrivals(ARRIVALS, POD_NAME, POD_IP)
const work = { ms: 5 }

const server = new Server(
  CONNECTION_AGE_MS === undefined ? {} : { 'grpc.max_connection_age_ms': Number(CONNECTION_AGE_MS) },
)
server.addService(ordersService, orders({ pod: POD_NAME, work, arrived }))
const health = probes({ servers: [grpcServer(server)] })
await new Promise<void>((resolve, reject) => {
  server.bindAsync('0.0.0.0:50051', ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()))
})
// Probes over HTTP, and the control by which a scene makes this pod slow.
createServer(async (request, response) => {
  if (health.handler(request, response)) return
  work.ms = Number(await text(request))
  response.end()
}).listen(9_090)
