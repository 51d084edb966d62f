/**
 * A client process of the demo: its own process, so that neither client disturbs the other's event loop.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { balancedPoolClient } from './clients/balanced-pool.ts'
import { evenkeelClient } from './clients/evenkeel.ts'
import { startLoad } from './load.ts'
import type { AttemptRecord, ClientName, ClientNews, ClientOrder, RequestRecord } from './messages.ts'

const reportMs = 250
const name = process.argv[2] as ClientName
const client = name === 'evenkeel' ? evenkeelClient() : balancedPoolClient()
let requests: RequestRecord[] = []
let attempts: AttemptRecord[] = []

// What is on the wire, counted alike for both: undici says so before it writes.
subscribe('undici:client:sendHeaders', (message) => {
  const { remotePort } = (message as { readonly socket: Socket }).socket
  if (remotePort !== undefined) attempts.push({ at: Date.now(), port: remotePort })
})

let load: { stop(): void } | undefined
process.on('message', (order: ClientOrder) => {
  if (order.kind === 'stop') {
    load?.stop()
    return
  }
  client.endpoints(order.endpoints)
  // The load starts with the first list: a request without an endpoint would only measure the start of the demo.
  load ??= startLoad(name, client.dispatcher, (record) => requests.push(record))
})
process.once('disconnect', () => process.exit(1))
setInterval(() => {
  const news: ClientNews = { requests, attempts, repeated: client.repeated, inspection: client.inspect() }
  requests = []
  attempts = []
  if (process.connected) process.send?.(news, () => {})
}, reportMs)
