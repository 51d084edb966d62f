/**
 * A server on the loopback that says who it is, by HTTP, event stream and WebSocket.
 *
 * `node:http` is not imported: the import alone loads the fetch built into Node, and some of these programs are about the time before.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/** Its address, `127.0.0.1:port`, and its end. */
export interface TestServer {
  readonly locator: string
  close(): Promise<void>
}

/** Answers `METHOD name bytes`, where the last is the size of the request's body. */
export async function listen(name: string): Promise<TestServer> {
  const server: Server = process
    .getBuiltinModule('node:http')
    .createServer((request, response) => answer(name, request, response))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => greet(name, request, socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    locator: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${name}\n\n`)
    return
  }
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.on('end', () => response.end(`${request.method} ${name} ${bytes}`))
}

/** One text message with the name, then whatever the client wants; its close is answered (RFC 6455 §5.5.1). */
function greet(name: string, request: IncomingMessage, socket: Duplex): void {
  const accept = process
    .getBuiltinModule('node:crypto')
    .createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  socket.on('error', () => {})
  socket.on('data', (frame: Buffer) => {
    if (((frame[0] ?? 0) & 0x0f) === 8) socket.end(Buffer.from([0x88, 0]))
  })
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  )
  socket.write(Buffer.concat([Buffer.from([0x81, name.length]), Buffer.from(name)]))
}
