/**
 * A TCP relay with a slow line in each direction. What one side does, the other one sees, later and in order: bytes, the end of a stream, a reset.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { DelayLine, type DelayLineOptions } from './delay-line.ts'

/** Where it listens, and what it stands before. */
export interface RelayOptions extends DelayLineOptions {
  /** Local address at which it listens and from which it connects. */
  readonly address: string
  readonly target: { readonly address: string; readonly port: number }
}

/** A relay that runs. */
export interface Relay {
  readonly port: number
  /** Takes no more connections; those that stand go on without delay. */
  end(): Promise<void>
}

// What is on its way in one direction, as much as a window of TCP holds; the sender waits for more, as it would.
const windowBytes = 1_048_576
// Pieces of a twentieth of a second: a slow line delivers bit by bit, not all at once at the end.
const piecesPerSecond = 20

/** Starts one. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { address, target } = options
  const lines = new Set<DelayLine>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({
      host: target.address,
      port: target.port,
      localAddress: address,
      allowHalfOpen: true,
      noDelay: true,
    })
    const pair = [new DelayLine(options), new DelayLine(options)] as const
    for (const line of pair) lines.add(line)
    carry(near, far, pair[0], options.bytesPerSecond)
    carry(far, near, pair[1], options.bytesPerSecond)
    // A line may still carry something when its sender is gone, so both stay until nobody is left to get it.
    const closed = [near, far].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    void Promise.all(closed).then(() => pair.map((line) => lines.delete(line)))
  })
  server.listen(0, address)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    end: async () => {
      // Not waited for: it closes when the last connection that stands has ended.
      server.close()
      for (const line of lines) line.straighten()
    },
  }
}

/** Everything that one side does, for the other one. */
function carry(from: Socket, to: Socket, line: DelayLine, bytesPerSecond: number): void {
  const pieceBytes = Math.min(windowBytes, Math.max(1, Math.floor(bytesPerSecond / piecesPerSecond)))
  const goOn = (): void => {
    if (line.bytes < windowBytes && !to.writableNeedDrain) from.resume()
  }
  to.on('drain', goOn)
  from.on('data', (chunk) => {
    for (let start = 0; start < chunk.length; start += pieceBytes) {
      const piece = chunk.subarray(start, start + pieceBytes)
      line.send(piece.length, () => {
        if (to.writable) to.write(piece)
        goOn()
      })
    }
    if (line.bytes >= windowBytes || to.writableNeedDrain) from.pause()
  })
  from.once('end', () => line.send(0, () => to.end()))
  // Reset, refused, no route: the other side can be told only by a reset.
  from.once('error', () => line.send(0, () => to.resetAndDestroy()))
}
