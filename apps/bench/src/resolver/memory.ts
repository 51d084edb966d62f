/**
 * What the resolver keeps of each endpoint, on V8's heap after collections.
 */

import { setImmediate } from 'node:timers/promises'
import { type EndpointSet, parseTarget } from '@evenkeel/core'
import { median } from '../statistics.ts'
import { endpointCount, entry, initialEvents, line, service, slice, unready } from './service.ts'
import { Bytes, bytesResolver } from './subject.ts'

/** Bytes of one endpoint. */
export interface MemoryCost {
  readonly endpointBytes: number
}

/** What heap figures need. */
export const heapNodeOptions: readonly string[] = ['--expose-gc']

const repeats = 5

// Some of what is kept is made by the first change.
const changed = Buffer.from(line('MODIFIED', slice(0, 3_000, { at: 0, by: entry(0, 0, unready) })))

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
  const count = (of: 'endpoints' | 'changed'): Promise<number> =>
    new Promise((resolve) => {
      heard = (set) => resolve(set[of].length)
    })
  const all = count('endpoints')
  await using _watch = resolver.watch(parseTarget(`${service}:http`), (set) => heard(set))
  if ((await all) !== endpointCount) throw new Error(`${await all} endpoints (expected: ${endpointCount})`)
  const one = count('changed')
  server.push(changed)
  if ((await one) !== 1) throw new Error(`${await one} changes (expected: 1)`)
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
