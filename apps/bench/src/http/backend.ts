/**
 * A server that costs nearly nothing: it counts ends of heads and writes the same answer for each, so that the client is what is measured.
 */
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { answerParent } from '../child.ts'

/** How a backend answers. */
export interface BackendTask {
  /** Time from the head of a request to its answer; 0 answers at once. There is no queue. */
  readonly delayMs: number
  /** The body of each answer, in ASCII. */
  readonly body: string
}

const endOfHead = '\r\n\r\n'

/** Listens on a free port of 127.0.0.1 and says which. Requests have no body. */
async function listen({ delayMs, body }: BackendTask): Promise<number> {
  const answer = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  const write = (socket: Socket): unknown => socket.write(answer)
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      const heads = (rest + chunk.toString('latin1')).split(endOfHead)
      rest = heads.pop() as string
      for (const _ of heads) {
        if (delayMs === 0) write(socket)
        else setTimeout(write, delayMs, socket)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

await answerParent(listen)
