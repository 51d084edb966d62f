import { beforeEach, describe, expect, test } from 'vitest'
import type { Endpoint } from '../../discovery/endpoint.ts'
import type { EndpointSet } from '../../discovery/endpoint-set.ts'
import { SetPublisher } from '../../discovery/set-publisher.ts'
import { endpointAt, seededRandom } from '../../testing/index.ts'
import type { LivePeer } from '../peer.ts'
import { Membership, type MembershipOwner } from './membership.ts'

const limit = { perPeer: Number.POSITIVE_INFINITY }
const said: string[] = []
let now = 0

beforeEach(() => {
  said.length = 0
  now = 0
})

function owner(): MembershipOwner {
  const say = (word: string, peer: LivePeer): unknown => said.push(`${word} ${peer.endpoint.locator}`)
  return {
    joined: (peer) => say('joined', peer),
    altered: (peer) => say('altered', peer),
    left: (peer) => say('left', peer),
    revived: (peer) => say('revived', peer),
    learned: (uid) => said.push(`learned ${uid}`),
    awakeNow: () => now,
  }
}

/** A membership that is told by a publisher, as in production. */
function following() {
  const membership = new Membership(owner(), limit)
  const publisher = new SetPublisher((set) => membership.apply(set))
  const set = (...endpoints: readonly Endpoint[]): void => {
    said.length = 0
    publisher.publish({ status: 'ok', endpoints })
  }
  const at = (locator: string): LivePeer => {
    const found = [...membership.peers].find((peer) => peer.endpoint.locator === locator)
    if (found === undefined) throw new Error(`nobody at ${locator}`)
    return found
  }
  return { membership, set, at }
}

const a = '10.0.0.1:80'
const b = '10.0.0.2:80'
const c = '10.0.0.3:80'

describe('UIDs', () => {
  test('a peer learns its UID once and keeps its row', () => {
    const { set, at } = following()
    set(endpointAt(a))
    const peer = at(a)
    set(endpointAt(a, { uid: 'one' }))
    expect(said).toEqual(['learned one', `altered ${a}`])
    expect(at(a)).toBe(peer)
    expect(peer.endpoint.uid).toBe('one')
  })

  test('a different UID at the same locator is a new peer', () => {
    const { set, at } = following()
    set(endpointAt(a, { uid: 'one' }), endpointAt(b))
    const peer = at(a)
    set(endpointAt(a, { uid: 'two' }), endpointAt(b))
    expect(said).toEqual([`left ${a}`, `joined ${a}`])
    expect(at(a)).not.toBe(peer)
    expect(peer.gone).toBe(true)
    expect(at(a).endpoint.uid).toBe('two')
  })

  test('a different UID gets another row while the old peer has an open pick', () => {
    const { set, at } = following()
    set(endpointAt(a, { uid: 'one' }))
    const peer = at(a)
    peer.inFlight = 1
    set(endpointAt(a, { uid: 'two' }))
    expect(at(a).row).not.toBe(peer.row)
  })

  test('an unknown UID is no proof of another incarnation and is not forgotten', () => {
    const { set, at } = following()
    set(endpointAt(a, { uid: 'one' }))
    const peer = at(a)
    set(endpointAt(a, { weight: 2 }))
    expect(said).toEqual([`altered ${a}`])
    expect(at(a)).toBe(peer)
    expect(peer.endpoint).toMatchObject({ uid: 'one', weight: 2 })
  })
})

describe('coming and going', () => {
  test('a peer that comes back as itself before its last pick has settled is revived with its row', () => {
    const { set, at } = following()
    set(endpointAt(a, { uid: 'one' }))
    const peer = at(a)
    peer.inFlight = 1
    set()
    expect(said).toEqual([`left ${a}`])
    set(endpointAt(a, { uid: 'one', weight: 3 }))
    expect(said).toEqual([`revived ${a}`])
    expect(at(a)).toBe(peer)
    expect(peer.gone).toBe(false)
    expect(peer.endpoint.weight).toBe(3)
  })

  test.each([
    ['one that comes back after its last pick has settled', 'one', 'one', 0],
    ['one whose UID is unknown', undefined, undefined, 1],
    ['one with another UID', 'one', 'two', 1],
  ])('%s is a new peer', (_, before, after, inFlight) => {
    const { set, at } = following()
    set(endpointAt(a, { uid: before }))
    const peer = at(a)
    peer.inFlight = inFlight
    set()
    set(endpointAt(a, { uid: after }))
    expect(said).toEqual([`joined ${a}`])
    expect(at(a)).not.toBe(peer)
  })

  test('a row is reused only after the last pick on it has settled', () => {
    const { membership, set, at } = following()
    set(endpointAt(a), endpointAt(b))
    const peer = at(a)
    peer.inFlight = 2
    set(endpointAt(b))
    peer.inFlight = 1
    membership.settled(peer)
    set(endpointAt(b), endpointAt(c))
    expect(at(c).row).not.toBe(peer.row)
    peer.inFlight = 0
    membership.settled(peer)
    set(endpointAt(b), endpointAt(c), endpointAt('10.0.0.4:80'))
    expect(at('10.0.0.4:80').row).toBe(peer.row)
  })

  test('two incarnations of one locator with open picks give back both rows', () => {
    const { membership, set, at } = following()
    set(endpointAt(a, { uid: 'one' }))
    const first = at(a)
    first.inFlight = 1
    set(endpointAt(a, { uid: 'two' }))
    const second = at(a)
    second.inFlight = 1
    set()
    for (const peer of [first, second]) {
      peer.inFlight = 0
      membership.settled(peer)
    }
    set(endpointAt(a), endpointAt(b))
    expect(new Set([at(a).row, at(b).row])).toEqual(new Set([first.row, second.row]))
  })

  test('everybody leaves when it is cleared', () => {
    const { membership, set } = following()
    set(endpointAt(a), endpointAt(b))
    membership.clear()
    expect(membership.size).toBe(0)
    expect([...membership.peers]).toEqual([])
  })
})

describe('firstReadyAt', () => {
  test('it is -Infinity for the ready of the first list that names anybody, and the time of the first sight for later ones', () => {
    const { set, at } = following()
    set()
    set(endpointAt(a), endpointAt(b, { condition: 'unready' }))
    now = 10
    set(endpointAt(a), endpointAt(b, { condition: 'unready' }), endpointAt(c))
    expect(at(a).firstReadyAt).toBe(Number.NEGATIVE_INFINITY)
    expect(at(b).firstReadyAt).toBe(Number.POSITIVE_INFINITY)
    expect(at(c).firstReadyAt).toBe(10)
    now = 20
    set(endpointAt(a), endpointAt(b), endpointAt(c, { condition: 'unready' }))
    now = 30
    set(endpointAt(a), endpointAt(b), endpointAt(c))
    expect(at(b).firstReadyAt).toBe(20)
    expect(at(c).firstReadyAt).toBe(10)
  })
})

test('a full list that says the same with other objects is no work', () => {
  const membership = new Membership(owner(), limit)
  const full = (version: number, endpoints: readonly Endpoint[]): EndpointSet => ({
    version,
    status: 'ok',
    error: undefined,
    endpoints,
    base: undefined,
    changed: [],
    removed: [],
  })
  membership.apply(full(1, [endpointAt(a, { uid: 'one' }), endpointAt(b)]))
  said.length = 0
  membership.apply(full(2, [endpointAt(a), endpointAt(b)]))
  expect(said).toEqual([])
})

test('following changes and comparing in full give the same peers after any history', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed)
    const byChange = new Membership(owner(), limit)
    const inFull = new Membership(owner(), limit)
    const publisher = new SetPublisher((set) => {
      // A set may be missed: the next one is then relative to a version that was not applied.
      if (random.next() < 0.9) byChange.apply(set)
      inFull.apply({ ...set, base: undefined })
    })
    const list = () =>
      Array.from({ length: 8 }, (_, index) => index)
        .filter(() => random.next() < 0.6)
        .map((index) =>
          endpointAt(`10.0.0.${index}:80`, {
            uid: random.next() < 0.3 ? undefined : `uid-${random.below(2)}`,
            weight: 1 + random.below(2),
          }),
        )
    for (let step = 0; step < 30; step++) publisher.publish({ status: 'ok', endpoints: list() })
    // Learnt UIDs may differ where a set was missed; a last list with UIDs settles them.
    const last = Array.from({ length: 5 }, (_, index) => endpointAt(`10.0.0.${index}:80`, { uid: 'last' }))
    publisher.publish({ status: 'ok', endpoints: last })
    byChange.apply({ ...publisher.current, base: undefined })
    const shown = (membership: Membership) => [...membership.peers].map((peer) => peer.endpoint).sort(byLocator)
    expect(shown(byChange), `seed ${seed}`).toEqual(last)
    expect(shown(inFull), `seed ${seed}`).toEqual(last)
    const rows = [...byChange.peers].map((peer) => peer.row)
    expect(new Set(rows).size, `seed ${seed}`).toBe(rows.length)
    expect(Math.max(...rows), `seed ${seed}: rows are reused`).toBeLessThan(8)
  }
})

function byLocator(one: Endpoint, other: Endpoint): number {
  return one.locator < other.locator ? -1 : 1
}
