/**
 * A server process of the demo: answers after 20 ms of doing nothing, drains on SIGTERM with `probes`, and misbehaves when told.
 */
import { createServer } from 'node:http'
import { probes } from '@evenkeel/probes'
import type { Mode, ServerNews, ServerOrder } from '../messages.ts'

const serviceMs: Readonly<Record<Mode, number>> = { well: 20, slow: 200, failing: 0 }
const port = Number(process.argv[2])
let mode: Mode = 'well'

const server = createServer((request, response) => {
  const id = request.headers['x-request-id']
  // Said before anything is done, so that not even a kill hides it.
  if (request.method === 'POST' && typeof id === 'string') say({ kind: 'processed', id })
  request.resume()
  request.once('end', () => {
    if (mode === 'failing') {
      response.writeHead(503, { 'x-port': port }).end('failing')
      return
    }
    setTimeout(() => response.writeHead(200, { 'x-port': port }).end('well'), serviceMs[mode])
  })
})

const health = probes({ servers: [server], lameDuckMs: 1_000 })
health.mount(server)
process.on('message', (order: ServerOrder) => {
  mode = order.mode
})
// The supervisor is gone: nobody needs this server.
process.once('disconnect', () => process.exit(1))
server.listen(port, '127.0.0.1', () => say({ kind: 'listening' }))

function say(news: ServerNews): void {
  // A supervisor that stops closes the channel first; what is lost then is not counted any more.
  if (process.connected) process.send?.(news, () => {})
}
