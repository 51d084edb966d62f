/**
 * As much of a WebSocket server (RFC 6455) as tests need: short text frames come back, a close is answered.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TestServer } from './servers.ts'

// RFC 6455 §1.3.
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const closing = 8

/** Makes the server echo WebSocket messages, and keeps their sockets. */
export function echoWebSockets({ server }: TestServer): readonly Socket[] {
  const sockets: Socket[] = []
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const key = `${request.headers['sec-websocket-key']}${acceptSuffix}`
    const accept = createHash('sha1').update(key).digest('base64')
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('data', (frame: Buffer) => {
      const opcode = (frame[0] as number) & 15
      const payload = unmask(frame)
      socket.write(Buffer.concat([Buffer.from([128 | opcode, payload.length]), payload]))
      if (opcode === closing) socket.end()
    })
  })
  return sockets
}

/** The payload of one whole frame of at most 125 bytes. */
function unmask(frame: Buffer): Buffer {
  const length = (frame[1] as number) & 127
  const mask = frame.subarray(2, 6)
  return Buffer.from(frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] as number)))
}
