/**
 * From decoded bytes to a set that can be used: CPU of the thread, and how long it was kept at once.
 */
import { type EndpointSet, parseTarget } from '@evenkeel/core'
import { median } from '../statistics.ts'
import { endpointCount, initialEvents, service } from './service.ts'
import { Bytes, bytesResolver } from './subject.ts'
import { threadMs } from './thread.ts'

/** Figures of one process. */
export interface UsableCost {
  /** CPU of the thread for one, when the compiler has seen some. */
  readonly cpuMs: number
  /** The longest that the event loop was kept at once, median of many. */
  readonly blockMs: number
  /** The first one of the process: wall time in the stream's turns, of which the longest. */
  readonly firstMs: number
  readonly firstBlockMs: number
  readonly bytes: number
  /** CPU of decoding the same lines and `JSON.parse` of each, and nothing else: what a client begins with that reads them as any JSON. */
  readonly parseMs: number
}

const warmUps = 20
// CPU time of threads comes in ticks of up to 4 ms.
const windowMs = 1_000

/** Measures in this process, which must not have done so before. */
export async function measureUsable(): Promise<UsableCost> {
  const bytes = initialEvents()
  const server = new Bytes(bytes)
  await syncOnce(server)
  const first = server.turns
  for (let done = 0; done < warmUps; done++) await syncOnce(server)
  const blocks: number[] = []
  const start = threadMs()
  let elapsed = 0
  while (elapsed < windowMs) {
    await syncOnce(server)
    blocks.push(server.turns.longestMs)
    elapsed = threadMs() - start
  }
  return {
    cpuMs: elapsed / blocks.length,
    blockMs: median(blocks),
    firstMs: first.totalMs,
    firstBlockMs: first.longestMs,
    bytes: bytes.length,
    parseMs: parseOnly(bytes),
  }
}

function parseOnly(bytes: Buffer): number {
  let count = 0
  const start = threadMs()
  while (threadMs() - start < windowMs) {
    for (const text of bytes.toString('utf8').split('\n')) if (text !== '') JSON.parse(text)
    count++
  }
  return (threadMs() - start) / count
}

async function syncOnce(server: Bytes): Promise<void> {
  const resolver = bytesResolver(server)
  let heard: (set: EndpointSet) => void = () => {}
  const first = new Promise<EndpointSet>((resolve) => {
    heard = resolve
  })
  const watch = resolver.watch(parseTarget(`${service}:http`), heard)
  const { endpoints, status } = await first
  if (status !== 'ok' || endpoints.length !== endpointCount)
    throw new Error(`the set is ${status} with ${endpoints.length} endpoints (expected: ok with ${endpointCount})`)
  await watch[Symbol.asyncDispose]()
  await resolver[Symbol.asyncDispose]()
}
