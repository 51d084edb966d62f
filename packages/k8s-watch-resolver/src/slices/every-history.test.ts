/**
 * The incremental set against the rules in their simplest form, over random histories. fast-check prints the seed of a history that fails.
 */
import type { Condition, Endpoint } from '@evenkeel/core'
import { fakeClock } from '@evenkeel/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slice } from '../testing/slices.ts'
import { conditionOf } from './conditions.ts'
import type { EndpointSlice, SliceEndpoint, SliceEvent } from './endpoint-slice.ts'
import { ServiceSlices } from './service-slices.ts'

// Thousands of histories on a machine that does something else meanwhile.
const patienceMs = 60_000

interface Row {
  readonly slice: EndpointSlice
  readonly family: string
  readonly number: number
  readonly address: string
  readonly uid: string | undefined
  readonly condition: Condition
}

const rank: Readonly<Record<Condition, number>> = { ready: 0, 'serving-terminating': 1, unready: 2 }
const versionOf = ({ metadata }: EndpointSlice) => Number(metadata?.resourceVersion)
const nameOf = ({ metadata }: EndpointSlice) => metadata?.name ?? ''
const newer = (one: Row, other: Row) =>
  versionOf(other.slice) - versionOf(one.slice) || nameOf(other.slice).localeCompare(nameOf(one.slice))

/** What the set of a port is: the rules of `port-set.ts`, one after another, over everything. */
function wholeSet(slices: readonly EndpointSlice[], name: string, preferred: string): readonly string[] {
  const all = slices.flatMap((one) => rowsOf(one, name))
  const numbered = all.filter(({ uid, family, number }) => {
    if (uid === undefined) return true
    const [newest] = all.filter((row) => row.uid === uid && row.family === family).sort(newer)
    return newest?.number === number
  })
  const used = numbered.filter(
    ({ uid, family }) => family === preferred || !numbered.some((row) => row.uid === uid && row.family === preferred),
  )
  const locators = [...new Set(used.map(locatorOf))]
  return locators.map((locator) => `${locator} ${winnerOf(used.filter((row) => locatorOf(row) === locator))}`).sort()
}

function rowsOf(one: EndpointSlice, name: string): readonly Row[] {
  const port = one.ports?.find((entry) => entry.name === name && entry.protocol !== 'UDP')
  if (one.addressType === 'FQDN' || !port?.port) return []
  return (one.endpoints ?? []).map(({ addresses, targetRef, conditions }) => ({
    slice: one,
    family: one.addressType ?? '',
    number: port.port ?? 0,
    address: addresses?.[0] ?? '',
    uid: targetRef?.uid ?? undefined,
    condition: conditionOf(conditions),
  }))
}

function winnerOf(rows: readonly Row[]): string {
  const pods = rows.filter(
    (row) => row.uid === undefined || rows.filter(({ uid }) => uid === row.uid).sort(newer)[0] === row,
  )
  const [best] = pods.sort((one, other) => rank[one.condition] - rank[other.condition] || newer(one, other))
  return `${best?.uid} ${best?.condition}`
}

function locatorOf({ address, number }: { readonly address: string; readonly number: number }): string {
  return address.includes(':') ? `[${address}]:${number}` : `${address}:${number}`
}

// A few of everything, so that all of it collides.
const endpoint: fc.Arbitrary<SliceEndpoint & { readonly place: number }> = fc.record({
  place: fc.nat(5),
  targetRef: fc.option(fc.record({ uid: fc.constantFrom('u1', 'u2', 'u3', 'u4', 'u5', 'u6') })),
  conditions: fc.option(
    fc.record({
      ready: fc.option(fc.boolean()),
      serving: fc.option(fc.boolean()),
      terminating: fc.option(fc.boolean()),
    }),
  ),
})
const ports = fc.option(
  fc.array(
    fc.record({
      name: fc.constantFrom('http', 'grpc'),
      port: fc.constantFrom(8080, 9090, 0, null),
      protocol: fc.constantFrom('TCP', 'TCP', 'TCP', 'UDP'),
    }),
    { maxLength: 2 },
  ),
)
const draft = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  life: fc.nat(1),
  addressType: fc.constantFrom('IPv4', 'IPv4', 'IPv6', 'FQDN'),
  ports: fc.oneof(
    { weight: 2, arbitrary: fc.constant([{ name: 'http', port: 8080, protocol: 'TCP' }]) },
    { weight: 2, arbitrary: ports },
  ),
  endpoints: fc.option(fc.array(endpoint, { maxLength: 6 }), { freq: 9 }),
})
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never

function drafted({ name, life, addressType, ports: all, endpoints }: Draft, version: number): EndpointSlice {
  const addressed = endpoints?.map(({ place, ...entry }) => ({
    ...entry,
    addresses: [addressType === 'IPv6' ? `fd00::${place + 1}` : `10.0.0.${place + 1}`],
  }))
  const one = { name, uid: `${name}${life}`, version, addressType, ports: firstOfName(all) }
  return slice({ ...one, endpoints: addressed ?? null })
}

/** A slice has one port of a name and protocol. */
function firstOfName<T extends { readonly name: string }>(all: readonly T[] | null): readonly T[] | null {
  return all?.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index) ?? null
}

const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), drafts: fc.array(draft, { maxLength: 4 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      drafts: fc.array(fc.record({ draft, isGone: fc.boolean() }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), drafts: fc.constant([]) }) },
)

/** Slices, and beside them the same ones as plain values. */
class Played {
  readonly clock: ReturnType<typeof fakeClock> = fakeClock()
  readonly slices: ServiceSlices
  readonly plain = new Map<string, EndpointSlice>()
  #version = 0

  constructor(holdMs: number, family: 'ipv4' | 'ipv6') {
    const warn = () => {}
    this.slices = new ServiceSlices({ clock: this.clock, holdMs, family, isAllowed: () => true, warn })
  }

  play(one: typeof step extends fc.Arbitrary<infer T> ? T : never): void {
    if (one.kind === 'replace') this.replace(one.drafts.map((each) => drafted(each, ++this.#version)))
    else if (one.kind === 'again') this.slices.replace([...this.plain.values()])
    else {
      this.change(
        one.drafts.map(({ draft: each, isGone }) => ({
          kind: isGone ? 'gone' : 'set',
          object: drafted(each, ++this.#version),
        })),
      )
    }
  }

  replace(list: readonly EndpointSlice[]): void {
    this.plain.clear()
    for (const object of list) this.plain.set(nameOf(object), object)
    this.slices.replace([...this.plain.values()])
  }

  change(events: readonly SliceEvent[]): void {
    for (const { kind, object } of events) {
      const known = this.plain.get(nameOf(object))
      if (kind === 'set') this.plain.set(nameOf(object), object)
      else if (known?.metadata?.uid === object.metadata?.uid) this.plain.delete(nameOf(object))
    }
    this.slices.change(events)
  }
}

const said = ({ locator, uid, condition }: Endpoint) => `${locator} ${uid} ${condition}`

test.each([
  ['IPv4', 'ipv4'],
  ['IPv6', 'ipv6'],
] as const)(
  'without a hold every history ends where its last slices alone would: %s',
  (type, family) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const played = new Played(0, family)
        const heard = new Map<string, Endpoint>()
        let sets = 0
        for (const port of ['http', 'grpc'] as const) {
          played.slices.view(port, (set) => {
            if (port === 'grpc') return
            sets++
            expect(set.removed.filter(({ locator }) => !heard.has(locator))).toEqual([])
            for (const { locator } of set.removed) heard.delete(locator)
            for (const one of set.changed) heard.set(one.locator, one)
          })
        }
        played.replace([])
        for (const one of steps) {
          const before = [...heard.values()].map(said).sort()
          const setsBefore = sets
          played.play(one)
          const expected = wholeSet([...played.plain.values()], 'http', type)
          expect([...heard.values()].map(said).sort()).toEqual(expected)
          if (one.kind === 'again') expect([sets, expected]).toEqual([setsBefore, before])
        }
      }),
      { numRuns: 1_000 },
    )
  },
  patienceMs,
)

test(
  'with a hold nothing that is listed is ever missing or told otherwise, and when it is quiet only that is left',
  () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.nat(400)), { maxLength: 12 }), (steps) => {
        const played = new Played(500, 'ipv4')
        let told: readonly Endpoint[] = []
        played.slices.view('http', (set) => {
          told = set.endpoints
        })
        played.replace([])
        for (const [one, waitMs] of steps) {
          played.play(one)
          const all = told.map(said)
          expect(wholeSet([...played.plain.values()], 'http', 'IPv4').filter((text) => !all.includes(text))).toEqual([])
          played.clock.advance(waitMs)
        }
        played.clock.advance(500)
        expect(told.map(said).sort()).toEqual(wholeSet([...played.plain.values()], 'http', 'IPv4'))
        expect(played.clock.pending).toBe(0)
      }),
      { numRuns: 1_000 },
    )
  },
  patienceMs,
)

test(
  'pods that the controller repacks at random, creations first and deletions last, cause no set',
  () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }), { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.nat(0xffff)),
        (packings, chance) => {
          const played = new Played(500, 'ipv4')
          let sets = 0
          played.slices.view('http', () => sets++)
          const packed = (packing: readonly number[], version: number) =>
            [0, 1, 2, 3].flatMap((part) => {
              const members = packing.flatMap((where, number) => (where === part ? [podAt(number)] : []))
              return members.length === 0 ? [] : [slice({ name: `s${part}`, version, endpoints: members })]
            })
          played.replace(packed(packings[0] ?? [], 1))
          let version = 2
          for (const packing of packings.slice(1)) {
            const next = packed(packing, version++)
            const isNew = (object: EndpointSlice) => !played.plain.has(nameOf(object))
            const left = [...played.plain.values()].filter(
              (old) => !next.some((object) => nameOf(object) === nameOf(old)),
            )
            const creations = next.filter(isNew)
            const updates = next.filter((object) => !isNew(object))
            if ((chance.next().value ?? 0) % 2 === 1) updates.reverse()
            for (const object of [...creations, ...updates]) played.change([{ kind: 'set', object }])
            for (const object of left) played.change([{ kind: 'gone', object }])
            played.clock.advance(100)
          }
          played.clock.advance(1_000)
          expect(sets).toBe(1)
        },
      ),
      { numRuns: 500 },
    )
  },
  patienceMs,
)

function podAt(number: number): SliceEndpoint {
  return { addresses: [`10.0.0.${number}`], targetRef: { kind: 'Pod', uid: `u${number}` } }
}

test('the rules in their simplest form know one number for a pod, one family, and the better of two pods', () => {
  const old = slice({ name: 'a', version: 1, endpoints: [podAt(1)] })
  const young = slice({ name: 'b', version: 2, ports: [{ name: 'http', port: 9090 }], endpoints: [podAt(1)] })
  const sixth = slice({ name: 'c', addressType: 'IPv6', endpoints: [{ ...podAt(1), addresses: ['fd00::1'] }] })
  const heir = slice({ name: 'd', endpoints: [{ ...podAt(1), targetRef: null, conditions: { ready: false } }] })
  expect(wholeSet([old, young, sixth], 'http', 'IPv4')).toEqual(['10.0.0.1:9090 u1 ready'])
  expect(wholeSet([old, heir], 'http', 'IPv4')).toEqual(['10.0.0.1:8080 u1 ready'])
  expect(wholeSet([old, sixth], 'http', 'IPv6')).toEqual(['[fd00::1]:8080 u1 ready'])
})
