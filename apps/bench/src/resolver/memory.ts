/**
 * What the resolver keeps of each endpoint, on V8's heap after collections.
 */

import { setImmediate } from 'node:timers/promises'
import { type EndpointSet, parseTarget } from '@evenkeel/core'
import { median } from '../statistics.ts'
import { endpointCount, initialEvents, service } from './service.ts'
import { Bytes, bytesResolver } from './subject.ts'

/** Bytes of one endpoint. */
export interface MemoryCost {
  readonly endpointBytes: number
}

/** What heap figures need. */
export const heapNodeOptions: readonly string[] = ['--expose-gc']

const repeats = 5

/** Measures in this process. The first one is thrown away: code and pools that stay are nobody's endpoints. */
export async function measureMemory(): Promise<MemoryCost> {
  const server = new Bytes(initialEvents())
  await retained(server)
  const found: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++) found.push(await retained(server))
  return { endpointBytes: median(found) }
}

async function retained(server: Bytes): Promise<number> {
  const before = await heapBytes()
  await using resolver = bytesResolver(server)
  let heard: (set: EndpointSet) => void = () => {}
  const first = new Promise<EndpointSet>((resolve) => {
    heard = resolve
  })
  await using _watch = resolver.watch(parseTarget(`${service}:http`), heard)
  const { length } = (await first).endpoints
  if (length !== endpointCount) throw new Error(`${length} endpoints (expected: ${endpointCount})`)
  return ((await heapBytes()) - before) / endpointCount
}

/** Collected in turns of their own: what a turn still holds is not kept. */
export async function heapBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate()
    if (globalThis.gc === undefined) throw new Error('the process needs --expose-gc')
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}
