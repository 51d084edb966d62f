/**
 * How long a change of one endpoint takes until a pick sees it: resolver, set, peers, tier, standings, loads, choosers, and one whole pick.
 *
 * The resolver is the manual one: it publishes changes through the same publisher as the real ones. Making the endpoint is measured too.
 */
import { type Endpoint, type EndpointOptions, endpoint, type Peer } from '@evenkeel/core'
import { endpointsAt, type ManualResolver } from '@evenkeel/core/testing'
import { type Spread, spread } from '../statistics.ts'
import { inBatches, nanosecondsPerOperation, type Operation } from './batches.ts'
import { onePick, openSubject, type PolicyName, type Subject } from './subject.ts'

/** The kinds of change measured. */
export type ChangeKind = 'weight' | 'add-remove' | 'flap' | 'replacement'

/** Figures of one kind of change at one size, in µs of thread CPU per change. */
export interface ChangeCost {
  readonly policy: PolicyName
  readonly peers: number
  readonly kind: ChangeKind
  readonly micros: Spread
}

/** The sizes measured; the checks are about the last. */
export const changeSizes: readonly number[] = [1_000, 10_000]

const repeats = 9
// Enough for the compiler; less than a batch would be a fraction of a window.
const warmUps = 4_000

/** Measures all kinds at one size. @throws Error if a change is not seen by picks */
export async function measureChanges(policy: PolicyName, peers: number): Promise<readonly ChangeCost[]> {
  const costs: ChangeCost[] = []
  const subject = openSubject(policy, peers)
  const changes = changesOf(subject, peers)
  for (const { kind, make } of changes) {
    const micros = await measure(subject, make)
    costs.push({ policy, peers, kind, micros })
  }
  await subject[Symbol.asyncDispose]()
  return costs
}

async function measure({ balancer }: Subject, make: () => unknown): Promise<Spread> {
  const operation: Operation = {
    batchSize: 100,
    batch: (count) => {
      for (let done = 0; done < count; done++) {
        make()
        onePick(balancer)
      }
    },
  }
  await inBatches(operation, warmUps)
  const micros: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++) micros.push((await nanosecondsPerOperation(operation)) / 1_000)
  return spread(micros)
}

/** One kind of change; each call of `make` makes another one and tells what to expect. */
interface Change {
  readonly kind: ChangeKind
  readonly make: () => Expected
}

/** What picks must be made by now. */
interface Expected {
  readonly endpoint: Endpoint
  readonly picked: 'picked' | 'not picked'
}

/** All kinds, each tried a few times with a look at what it did. */
function changesOf(subject: Subject, size: number): readonly Change[] {
  const changes = kindsOf(subject.resolver, endpointsAt(size))
  const peers = new Map<string, Peer>()
  const following = subject.upstream.watch({
    joined: (peer) => peers.set(peer.endpoint.locator, peer),
    left: (peer) => peers.delete(peer.endpoint.locator),
  })
  for (const { kind, make } of changes) {
    for (let look = 0; look < 4; look++) {
      const { endpoint, picked } = make()
      const peer = peers.get(endpoint.locator)
      const share = peer === undefined ? 0 : subject.balancer.share(peer)
      const seen = picked === 'picked' ? share > 0 && sameEndpoint(peer?.endpoint, endpoint) : share === 0
      if (!seen) throw new Error(`${kind}: the change is not seen by picks`)
    }
  }
  following[Symbol.dispose]()
  return changes
}

function sameEndpoint(held: Endpoint | undefined, wanted: Endpoint): boolean {
  return held?.weight === wanted.weight && (wanted.uid === undefined || held.uid === wanted.uid)
}

function kindsOf(resolver: ManualResolver, endpoints: readonly Endpoint[]): readonly Change[] {
  let count = 0
  // Neighbours in the list lie far apart here, so that no change finds its peer in the cache.
  const another = (): Endpoint => endpoints[(++count * 7_919) % endpoints.length] as Endpoint
  const patch = (options: EndpointOptions): Endpoint => {
    const altered = endpoint(options)
    resolver.patch([altered])
    return altered
  }
  const [first] = endpoints as readonly [Endpoint, ...Endpoint[]]
  let ready = true
  const fresh = endpoint({ address: '10.255.0.1', port: 80 })
  let present = false
  return [
    {
      kind: 'weight',
      make: () => {
        const { address, port } = another()
        // 997 is prime: an endpoint is never given the weight that it has, which would be no change.
        return { endpoint: patch({ address, port, weight: 1 + (count % 997) / 997 }), picked: 'picked' }
      },
    },
    {
      kind: 'add-remove',
      make: () => {
        present = !present
        if (!present) resolver.patch([], [fresh.locator])
        return {
          endpoint: present ? patch({ address: fresh.address, port: fresh.port }) : fresh,
          picked: shown(present),
        }
      },
    },
    {
      kind: 'flap',
      make: () => {
        ready = !ready
        const { address, port } = first
        return { endpoint: patch({ address, port, condition: ready ? 'ready' : 'unready' }), picked: shown(ready) }
      },
    },
    {
      kind: 'replacement',
      make: () => {
        const { address, port } = another()
        return { endpoint: patch({ address, port, uid: `pod-${count}` }), picked: 'picked' }
      },
    },
  ]
}

function shown(open: boolean): Expected['picked'] {
  return open ? 'picked' : 'not picked'
}
