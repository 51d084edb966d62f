/**
 * A server for probes alone. It outlives the application's servers in a drain, so that readiness can still be asked, and a flood on the
 * application's port cannot fill its queue of connections.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { invalidOption } from '@evenkeel/core'

// Nobody who probes needs longer to send a head of a few hundred bytes.
const requestMs = 5_000
// A kubelet, two load balancers and some curious people; more is a mistake, and each connection is a descriptor.
const maxConnections = 256

/** A listening server and its address. */
export interface OwnPort {
  readonly address: AddressInfo
  close(): Promise<void>
}

/**
 * Listens on `port` (0: any free one) of `host` (undefined: all addresses).
 * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION for an impossible port, and the error of `listen` for one that is taken
 */
export async function openOwnPort(
  port: number,
  host: string | undefined,
  handle: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<OwnPort> {
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw invalidOption('port', port, 'a whole number from 0 to 65535')
  const server = createServer({ headersTimeout: requestMs, requestTimeout: requestMs }, (request, response) => {
    if (handle(request, response)) return
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    response.end('livez, readyz, startupz\n')
  })
  server.maxConnections = maxConnections
  await listening(server, port, host)
  return {
    address: server.address() as AddressInfo,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listening(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
