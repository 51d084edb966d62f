/**
 * From the bytes of one changed slice to the set that is emitted, and to a pick that sees it: CPU of the thread.
 */

import { setImmediate } from 'node:timers/promises'
import { type EndpointSet, type Observer, type Peer, parseTarget, peakEwma, upstreams } from '@evenkeel/core'
import { onePick } from '../core/subject.ts'
import {
  type Entry,
  endpointCount,
  entry,
  initialEvents,
  line,
  perSlice,
  service,
  slice,
  sliceCount,
  stopping,
  unready,
} from './service.ts'
import { Bytes, bytesResolver } from './subject.ts'
import { threadMs } from './thread.ts'

/** What happens to a pod. `replacement`: it stops, then another one has its place; two writes. */
export type PodChange = 'readiness' | 'replacement'

/** One kind of change, ms of CPU for a write of a slice. */
export interface ChangeCost {
  readonly kind: PodChange
  readonly emittedMs: number
  readonly pickedMs: number
}

const warmUps = 2_000
const windowMs = 500
const batch = 50

/** Measures both kinds in this process. @throws Error if a change is not seen by picks */
export async function measureChange(): Promise<readonly ChangeCost[]> {
  const costs: ChangeCost[] = []
  for (const kind of ['readiness', 'replacement'] as const) {
    costs.push({ kind, emittedMs: await toSet(writesOf(kind)), pickedMs: await toPick(writesOf(kind)) })
  }
  return costs
}

interface Write {
  readonly bytes: Buffer
  /** What the pod at the place is after it. */
  readonly now: Entry
}

/** Writes that can be repeated for ever: each slice in turn, and one place of each. */
function writesOf(kind: PodChange): readonly Write[] {
  return Array.from({ length: sliceCount }, (_, number) => {
    const at = (number * 37) % perSlice
    const pod = number * perSlice + at
    const steps: readonly Entry[] =
      kind === 'readiness'
        ? [entry(pod, 0, unready), entry(pod)]
        : [entry(pod, 0, stopping), entry(pod, 1), entry(pod, 1, stopping), entry(pod)]
    return steps.map((now, step) => ({
      bytes: Buffer.from(line('MODIFIED', slice(number, 3_000 + step, { at, by: now }))),
      now,
    }))
  }).flat()
}

async function toSet(writes: readonly Write[]): Promise<number> {
  const server = new Bytes(initialEvents())
  await using resolver = bytesResolver(server)
  let heard: Observer = () => {}
  const next = (): Promise<EndpointSet> => new Promise((resolve) => (heard = resolve))
  const first = next()
  await using _watch = resolver.watch(parseTarget(`${service}:http`), (set) => heard(set))
  if ((await first).endpoints.length !== endpointCount) throw new Error('not all endpoints were told')
  await setImmediate()
  return await measured(writes, async ({ bytes }) => {
    const told = next()
    server.push(bytes)
    await told
  })
}

async function toPick(writes: readonly Write[]): Promise<number> {
  const server = new Bytes(initialEvents())
  await using resolver = bytesResolver(server)
  await using shared = upstreams({ resolver })
  const upstream = shared.of(parseTarget(`${service}:http`))
  const peers = new Map<string, Peer>()
  using _following = upstream.watch({
    joined: (peer) => peers.set(peer.endpoint.address, peer),
    left: (peer) => peers.delete(peer.endpoint.address),
  })
  await using balancer = upstream.balancer({ policies: [peakEwma()], narrowings: [] })
  while (peers.size < endpointCount) await setImmediate()
  await setImmediate()
  const make = async ({ bytes, now }: Write, look: boolean): Promise<void> => {
    server.push(bytes)
    // The stream is read through a fixed chain of promises, much shorter than this.
    for (let tick = 0; tick < ticks; tick++) await undefined
    onePick(balancer)
    if (!look) return
    const peer = peers.get(now.addresses[0])
    const share = peer === undefined ? 0 : balancer.share(peer)
    if (share > 0 !== now.conditions.ready) throw new Error(`${now.addresses[0]}: the change is not seen by picks`)
  }
  for (const write of writes) await make(write, true)
  return await measured(writes, (write) => make(write, false))
}

const ticks = 40

/** ms of CPU for one. */
async function measured(writes: readonly Write[], make: (write: Write) => Promise<void>): Promise<number> {
  let count = 0
  const some = async (): Promise<void> => {
    for (let done = 0; done < batch; done++) await make(writes[count++ % writes.length] as Write)
    // A turn of the loop, else the upstream would take the bench for a stall.
    await setImmediate()
  }
  while (count < warmUps) await some()
  const from = count
  const start = threadMs()
  while (threadMs() - start < windowMs) await some()
  return (threadMs() - start) / (count - from)
}
