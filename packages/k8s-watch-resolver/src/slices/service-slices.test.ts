import { EvenkeelError, parseTarget, terminationTier } from '@evenkeel/core'
import { expect, test } from 'vitest'
import { gone, pod, pods, set, slice, slicesInTest, stopping, texts } from '../testing/slices.ts'

const locators = (numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => `10.0.0.${number}:8080`).sort()

test('M-01: of 100 in A and 50 in B, one that B loses is the only one removed', () => {
  const { slices, clock, sets, last } = slicesInTest()
  slices.replace([slice({ name: 'a', endpoints: pods(1, 100) }), slice({ name: 'b', endpoints: pods(101, 150) })])
  slices.change([set({ name: 'b', version: 2, endpoints: pods(101, 149) })])
  clock.advance(500)
  expect(sets).toHaveLength(2)
  expect(last().removed.map(({ locator }) => locator)).toEqual(['10.0.0.150:8080'])
  expect(last().endpoints).toHaveLength(149)
})

test('M-02: A stays when B becomes empty', () => {
  const { slices, clock, told } = slicesInTest()
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) }), slice({ name: 'b', endpoints: [pod(3)] })])
  slices.change([set({ name: 'b', version: 2, endpoints: null, ports: null })])
  clock.advance(500)
  expect(told()).toEqual(locators([1, 2]))
})

test('M-03: a deleted slice takes only what no other slice lists', () => {
  const { slices, clock, told } = slicesInTest()
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) }), slice({ name: 'b', endpoints: pods(2, 3) })])
  slices.change([gone({ name: 'b' })])
  clock.advance(500)
  expect(told()).toEqual(locators([1, 2]))
})

test('M-04: x in A, when B gains x and then A loses x, is never reported removed', () => {
  const { slices, clock, sets } = slicesInTest(undefined, { holdMs: 0 })
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) })])
  slices.change([set({ name: 'b', version: 2, endpoints: [pod(1)] })])
  slices.change([set({ name: 'a', version: 3, endpoints: [pod(2)] })])
  clock.advance(1_000)
  expect(sets).toHaveLength(1)
})

test('M-05: x that A loses and B gains 200 ms later causes no set at all', () => {
  const { slices, clock, sets } = slicesInTest()
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) })])
  slices.change([set({ name: 'a', version: 2, endpoints: [pod(2)] })])
  clock.advance(200)
  slices.change([set({ name: 'b', version: 3, endpoints: [pod(1)] })])
  clock.advance(1_000)
  expect(sets).toHaveLength(1)
  expect(clock.pending).toBe(0)
})

test('M-05: one that terminates is not held when it goes', () => {
  const { slices, told } = slicesInTest()
  slices.replace([slice({ endpoints: [pod(1), pod(2, stopping)] })])
  slices.change([set({ version: 2, endpoints: [pod(1)] })])
  expect(told()).toEqual(locators([1]))
})

test('M-05: one that began to terminate and went within one read is not held', () => {
  const { slices, told } = slicesInTest()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, endpoints: [pod(1), pod(2, stopping)] }), set({ version: 3, endpoints: [pod(1)] })])
  expect(told()).toEqual(locators([1]))
})

test('M-05: a pod that is no longer selected stays as it is for the hold, and then goes', () => {
  const { slices, clock, sets, told } = slicesInTest()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, endpoints: [pod(1)] })])
  clock.advance(499)
  expect(sets).toHaveLength(1)
  clock.advance(1)
  expect(told()).toEqual(locators([1]))
})

test('M-05: what is held gives way to another pod at its address at once', () => {
  const { slices, clock, sets, last } = slicesInTest()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, endpoints: [pod(2)] })])
  const heir = pod(1, { targetRef: { kind: 'Pod', name: 'heir', uid: 'heir' } })
  slices.change([set({ version: 3, endpoints: [pod(2), heir] })])
  expect(last().changed.map(({ uid }) => uid)).toEqual(['heir'])
  clock.advance(1_000)
  expect(sets).toHaveLength(2)
})

test('M-05: a Service that vanishes whole is there until the hold is over, then absent', () => {
  const { slices, clock, sets, last } = slicesInTest()
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) }), slice({ name: 'b', endpoints: [pod(3)] })])
  slices.change([gone({ name: 'a' }), gone({ name: 'b' })])
  expect(sets).toHaveLength(1)
  clock.advance(500)
  expect(last()).toMatchObject({ status: 'absent', endpoints: [] })
})

test('M-05: nothing runs out while the source fails, and the hold begins anew when it is heard again', () => {
  const { slices, clock, told, last } = slicesInTest()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, endpoints: [pod(1)] })])
  slices.fail(new Error('cut'))
  clock.advance(60_000)
  expect(last().status).toBe('stale')
  expect(told()).toEqual(locators([1, 2]))
  slices.change([])
  clock.advance(499)
  expect(told()).toEqual(locators([1, 2]))
  clock.advance(1)
  expect(told()).toEqual(locators([1]))
})

test('M-06: of two copies of one pod the newer slice says how it is', () => {
  const unready = { conditions: { ready: false, serving: false, terminating: false } }
  const { slices, told } = slicesInTest()
  slices.replace([
    slice({ name: 'b', version: 105, endpoints: [pod(1, unready)] }),
    slice({ name: 'a', version: 100, endpoints: [pod(1)] }),
  ])
  expect(told()).toEqual(['10.0.0.1:8080 unready'])
  slices.change([set({ name: 'a', version: 110, endpoints: [pod(1)] })])
  expect(told()).toEqual(['10.0.0.1:8080'])
})

test('M-06: a stale ready copy of a pod does not beat another pod at the address', () => {
  const unready = { conditions: { ready: false } }
  const other = { targetRef: { kind: 'Pod', name: 'o', uid: 'other' }, ...stopping }
  const { slices, last } = slicesInTest()
  slices.replace([
    slice({ name: 'a', version: 100, endpoints: [pod(1)] }),
    slice({ name: 'b', version: 105, endpoints: [pod(1, unready)] }),
    slice({ name: 'c', version: 90, endpoints: [pod(1, other)] }),
  ])
  expect(last().endpoints.map(({ uid }) => uid)).toEqual(['other'])
})

const heir = pod(1, { targetRef: { kind: 'Pod', name: 'heir', uid: 'heir' } })
test.each([
  ['in one slice', [slice({ endpoints: [pod(1, stopping), heir] })]],
  ['in one slice, the other way round', [slice({ endpoints: [heir, pod(1, stopping)] })]],
  [
    'the ready one older',
    [
      slice({ name: 'a', version: 9, endpoints: [pod(1, stopping)] }),
      slice({ name: 'b', version: 1, endpoints: [heir] }),
    ],
  ],
  [
    'the ready one newer',
    [
      slice({ name: 'a', version: 1, endpoints: [pod(1, stopping)] }),
      slice({ name: 'b', version: 9, endpoints: [heir] }),
    ],
  ],
])('M-07: of two pods with one address the ready one is used: %s', (_, all) => {
  const { slices, last } = slicesInTest()
  slices.replace(all)
  expect(last().endpoints).toMatchObject([{ uid: 'heir', condition: 'ready' }])
})

test('M-07: the loser comes to light when the winner goes', () => {
  const { slices, last } = slicesInTest()
  slices.replace([slice({ endpoints: [heir, pod(1, stopping)] })])
  slices.change([set({ version: 2, endpoints: [pod(1, stopping)] })])
  expect(last().endpoints).toMatchObject([{ uid: 'u1', condition: 'serving-terminating' }])
  slices.change([set({ version: 3, endpoints: [pod(1, stopping), heir] })])
  slices.change([set({ version: 4, endpoints: [pod(1, stopping)] })])
  expect(last().endpoints).toMatchObject([{ uid: 'u1' }])
})

test('M-11: a slice whose endpoints and ports are null is there and empty', () => {
  const { slices, last, told } = slicesInTest()
  slices.replace([slice({ endpoints: null, ports: null }), {}])
  expect(last()).toMatchObject({ status: 'ok', endpoints: [] })
  slices.change([set({ endpoints: [{}, { addresses: null, conditions: null, targetRef: null, hints: null }, pod(1)] })])
  expect(told()).toEqual(locators([1]))
  expect(slices.inspect().ignored.addressless).toBe(2)
})

test('M-12: no slices at all is an absent Service, and empty slices are not', () => {
  const { slices, last } = slicesInTest()
  slices.replace([])
  expect(last().status).toBe('absent')
  slices.change([set({ endpoints: null, ports: null })])
  expect(last().status).toBe('ok')
  slices.replace([])
  expect(last().status).toBe('absent')
})

test('M-13: a port without a number, or 0, yields nobody', () => {
  const { slices, last } = slicesInTest('http')
  slices.replace([
    slice({ name: 'a', ports: [{ name: 'http', port: null }], endpoints: [pod(1)] }),
    slice({ name: 'b', ports: [{ name: 'http', port: 0 }], endpoints: [pod(2)] }),
    slice({ name: 'c', ports: [{ name: 'http' }], endpoints: [pod(3)] }),
  ])
  expect(last()).toMatchObject({ status: 'ok', endpoints: [] })
  expect(slices.inspect().ignored.ports).toBe(3)
})

test.each([[[{ port: 8080 }]], [[{ name: '', port: 8080 }]], [[{ name: null, port: 8080, protocol: null }]]])(
  'M-14: the port without a name of %j is that of a target without one',
  (ports) => {
    const { slices, told } = slicesInTest()
    slices.replace([slice({ ports, endpoints: [pod(1)] })])
    expect(told()).toEqual(locators([1]))
  },
)

test('M-15: a port has in each slice its own number', () => {
  const { slices, told } = slicesInTest('grpc')
  slices.replace([
    slice({ name: 'a', ports: [{ name: 'grpc', port: 50051 }], endpoints: [pod(1)] }),
    slice({ name: 'b', ports: [{ name: 'grpc', port: 50052 }], endpoints: [pod(2)] }),
  ])
  expect(told()).toEqual(['10.0.0.1:50051', '10.0.0.2:50052'])
})

test('M-16: a slice without the port yields nobody', () => {
  const { slices, told } = slicesInTest('grpc')
  slices.replace([
    slice({ name: 'a', ports: [{ name: 'http', port: 8080 }], endpoints: [pod(1)] }),
    slice({
      name: 'b',
      ports: [
        { name: 'http', port: 8080 },
        { name: 'grpc', port: 50051 },
      ],
      endpoints: [pod(2)],
    }),
  ])
  expect(told()).toEqual(['10.0.0.2:50051'])
})

test('M-17: of one name for UDP and TCP only TCP is used', () => {
  const { slices, told } = slicesInTest('dns')
  const ports = [
    { name: 'dns', port: 53, protocol: 'TCP' },
    { name: 'dns', port: 54, protocol: 'UDP' },
  ]
  slices.replace([slice({ ports, endpoints: [pod(1)] })])
  expect(told()).toEqual(['10.0.0.1:53'])
})

test('M-18: a slice name with new ports and wholly other endpoints is only what it is now', () => {
  const { slices, clock, told } = slicesInTest('http')
  slices.replace([slice({ endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, ports: [{ name: 'http', port: 9090 }], endpoints: pods(3, 4) })])
  clock.advance(500)
  expect(told()).toEqual(['10.0.0.3:9090', '10.0.0.4:9090'])
})

test('M-19: a pod has only the number of its newest slice, whatever order they come in', () => {
  const old = { name: 'b', version: 10, endpoints: [pod(1)] }
  const young = { name: 'a', version: 20, ports: [{ name: 'http', port: 9090 }], endpoints: [pod(1)] }
  for (const drafts of [
    [old, young],
    [young, old],
  ]) {
    const { slices, told } = slicesInTest('http')
    slices.replace([])
    for (const draft of drafts) slices.change([set(draft)])
    expect(told()).toEqual(['10.0.0.1:9090'])
    slices.change([gone(young)])
    expect(told()).toEqual(['10.0.0.1:8080'])
  }
})

test('M-19: a pod that is held under its old number goes when it comes back under the new one', () => {
  const { slices, told } = slicesInTest('http')
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) })])
  const ports = [{ name: 'http', port: 9090 }]
  slices.change([set({ name: 'a', version: 2, ports, endpoints: [pod(2)] })])
  expect(told()).toEqual(['10.0.0.1:8080', '10.0.0.2:9090'])
  slices.change([set({ name: 'b', version: 3, ports, endpoints: [pod(1)] })])
  expect(told()).toEqual(['10.0.0.1:9090', '10.0.0.2:9090'])
})

test('M-20: an FQDN slice is not used, and that is said once', () => {
  const { slices, last, warnings } = slicesInTest('http')
  const fqdn = { addressType: 'FQDN', endpoints: [{ addresses: ['users.example'] }] }
  slices.replace([slice({ name: 'a', ...fqdn }), slice({ name: 'b', ...fqdn })])
  expect(last()).toMatchObject({ status: 'ok', endpoints: [] })
  expect(warnings).toHaveLength(1)
  expect(slices.inspect().ignored.slices).toBe(2)
})

test('M-21: of two addresses only the first is used', () => {
  const { slices, told, warnings } = slicesInTest()
  slices.replace([slice({ endpoints: [pod(1, { addresses: ['10.0.0.1', '10.0.0.9'] })] })])
  expect(told()).toEqual(locators([1]))
  expect(slices.inspect().ignored.further).toBe(1)
  expect(warnings).toHaveLength(1)
})

const sixth = (number: number) => pod(number, { addresses: [`fd00::${number}`] })
test('M-22: a pod of two families is there once, by the preferred one; by the other where it has no other', () => {
  const { slices, clock, told } = slicesInTest('http')
  slices.replace([
    slice({ name: '6', addressType: 'IPv6', endpoints: [sixth(1), sixth(2)] }),
    slice({ name: '4', endpoints: [pod(1)] }),
  ])
  expect(told()).toEqual(['10.0.0.1:8080', '[fd00::2]:8080'])
  slices.change([set({ name: '4', version: 2, endpoints: pods(1, 2) })])
  expect(told()).toEqual(locators([1, 2]))
  slices.change([gone({ name: '4' })])
  clock.advance(500)
  expect(told()).toEqual(['[fd00::1]:8080', '[fd00::2]:8080'])
})

test('M-22: endpoints that name no pod are taken from one family together', () => {
  const bare = (address: string) => ({ addresses: [address] })
  const { slices, clock, told } = slicesInTest('http', { family: 'ipv6' })
  slices.replace([
    slice({ name: '4', endpoints: [bare('10.0.0.1'), bare('10.0.0.2')] }),
    slice({ name: '6', addressType: 'IPv6', endpoints: [bare('fd00::1')] }),
  ])
  expect(told()).toEqual(['[fd00::1]:8080'])
  slices.change([gone({ name: '6' })])
  clock.advance(500)
  expect(told()).toEqual(locators([1, 2]))
})

test('M-23: new labels, annotations and versions are no news', () => {
  const { slices, sets } = slicesInTest()
  slices.replace([slice({ endpoints: pods(1, 3) })])
  slices.change([set({ version: 2, labels: { team: 'x' }, annotations: { y: 'z' }, endpoints: pods(1, 3) })])
  slices.change([set({ version: 3, endpoints: [pod(3), pod(1), pod(2)] })])
  expect(sets).toHaveLength(1)
})

test('M-24: forty events of one read are one set', () => {
  const { slices, sets, last } = slicesInTest()
  slices.replace([])
  slices.change(Array.from({ length: 40 }, (_, n) => set({ name: `s${n}`, version: n, endpoints: pods(1, n + 1) })))
  expect(sets).toHaveLength(2)
  expect(last().endpoints).toHaveLength(40)
})

test('M-25: a mirrored slice and a hand-written one both count', () => {
  const { slices, told } = slicesInTest()
  const managedBy = (name: string) => ({ 'endpointslice.kubernetes.io/managed-by': name })
  slices.replace([
    slice({
      name: 'a',
      labels: managedBy('endpointslicemirroring-controller.k8s.io'),
      endpoints: [{ addresses: ['10.0.0.1'] }],
    }),
    slice({ name: 'b', labels: managedBy('me'), endpoints: [{ addresses: ['10.0.0.2'] }] }),
  ])
  expect(told()).toEqual(locators([1, 2]))
})

test('M-26: another pod at an address comes as another UID', () => {
  const { slices, last } = slicesInTest()
  slices.replace([slice({ endpoints: [pod(1)] })])
  slices.change([set({ version: 2, endpoints: [heir] })])
  expect(last().changed).toMatchObject([{ locator: '10.0.0.1:8080', uid: 'heir', hashKey: 'heir' }])
})

test('M-27: the slices of an old Service take nothing of the new one with them', () => {
  const { slices, clock, told } = slicesInTest()
  slices.replace([slice({ name: 'old', endpoints: pods(1, 2) })])
  slices.change([set({ name: 'new', version: 2, endpoints: pods(2, 3) })])
  slices.change([gone({ name: 'old' })])
  clock.advance(500)
  expect(told()).toEqual(locators([2, 3]))
})

test('M-27: the end of a slice that was made anew under its name is not its own', () => {
  const { slices, clock, told } = slicesInTest()
  slices.replace([slice({ uid: 'old', endpoints: [pod(1)] })])
  slices.change([set({ uid: 'new', version: 2, endpoints: [pod(1)] }), gone({ uid: 'old', version: 3 })])
  clock.advance(500)
  expect(told()).toEqual(locators([1]))
  slices.change([gone({ uid: 'new', version: 4 })])
  clock.advance(500)
  expect(told()).toEqual([])
})

test('M-28: the lag is that from the trigger to the set, not of deletions and not of what was before', () => {
  let now = Date.parse('2026-11-24T10:00:00Z')
  const lags: number[] = []
  const { slices } = slicesInTest(undefined, { lag: { wallNow: () => now, lagged: (ms) => lags.push(ms) } })
  const at = (time: string) => ({ 'endpoints.kubernetes.io/last-change-trigger-time': time })
  slices.replace([slice({ annotations: at('2026-11-24T09:59:59Z'), endpoints: [pod(1)] })])
  now += 10_250
  const draft = { version: 2, annotations: at('2026-11-24T10:00:10.000000000Z'), endpoints: pods(1, 2) }
  slices.change([set(draft)])
  expect(lags).toEqual([250])
  slices.change([set({ ...draft, version: 3, endpoints: pods(1, 3) })])
  slices.change([set({ ...draft, version: 4, annotations: at('2026-11-24T10:00:10.1Z'), endpoints: pods(1, 3) })])
  slices.change([gone({})])
  expect(lags).toEqual([250])
})

test('M-29: a Service whose name begins with a digit is one like all others', () => {
  expect(parseTarget('1pay.prod')).toMatchObject({ service: '1pay', namespace: 'prod' })
  const { slices, told } = slicesInTest(parseTarget('1pay.prod').port)
  slices.replace([slice({ name: '1pay-abcde', labels: { 'kubernetes.io/service-name': '1pay' }, endpoints: [pod(1)] })])
  expect(told()).toEqual(locators([1]))
})

test('T-09: without a ready one, those that stop and still answer are what is left', () => {
  const { slices, last } = slicesInTest()
  const mute = { conditions: { ready: false, serving: false, terminating: true } }
  slices.replace([slice({ endpoints: [pod(1, stopping), pod(2, mute), pod(3, { conditions: { ready: false } })] })])
  const used = [terminationTier(last().endpoints.map((endpoint) => ({ endpoint })) as never)].flat()
  expect(used.map(({ endpoint }) => endpoint.locator)).toEqual(locators([1]))
})

test('T-11: a single ready one is used before ten that stop', () => {
  const { slices, last } = slicesInTest()
  const leaving = pods(2, 11).map((one) => ({ ...one, ...stopping }))
  slices.replace([slice({ endpoints: [...leaving, pod(1)] })])
  const used = [terminationTier(last().endpoints.map((endpoint) => ({ endpoint })) as never)].flat()
  expect(used.map(({ endpoint }) => endpoint.locator)).toEqual(locators([1]))
})

test('T-14: a pod that is not ready appears as ready where its Service publishes such addresses', () => {
  const { slices, told } = slicesInTest()
  slices.replace([slice({ endpoints: [pod(1, { conditions: { ready: true, serving: false, terminating: false } })] })])
  expect(told()).toEqual(locators([1]))
})

test('W-16: what a list lacks is gone, after the hold like everything that vanishes', () => {
  const { slices, clock, sets, told } = slicesInTest()
  slices.replace([
    slice({ name: 'a', endpoints: [pod(1)] }),
    slice({ name: 'b', endpoints: [pod(2), pod(3, stopping)] }),
  ])
  slices.replace([slice({ name: 'a', endpoints: [pod(1)] })])
  expect(told()).toEqual(locators([1, 2]))
  clock.advance(500)
  expect(told()).toEqual(locators([1]))
  expect(sets).toHaveLength(3)
})

test('W-17: the same event again is no news', () => {
  const { slices, sets } = slicesInTest()
  slices.replace([slice({ endpoints: [pod(1)] })])
  slices.change([set({ version: 2, endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, endpoints: pods(1, 2) })])
  expect(sets).toHaveLength(2)
})

test('nothing is told before all slices are known, but a failure', () => {
  const { slices, sets, last } = slicesInTest()
  slices.change([set({ endpoints: [pod(1)] })])
  expect(sets).toHaveLength(0)
  slices.fail(new Error('down'))
  expect(last()).toMatchObject({ status: 'failed', endpoints: [] })
  slices.change([])
  expect(last().status).toBe('failed')
  slices.replace([slice({ endpoints: [pod(1)] })])
  expect(last().status).toBe('ok')
})

test('slices that are prepared tell nothing until all are known, and then count only where they still are', () => {
  const { slices, sets, told } = slicesInTest()
  const [a] = ['a', 'b', 'c'].map((name, index) => slices.prepare(slice({ name, endpoints: [pod(index + 1)] })))
  expect(sets).toEqual([])
  slices.replace([a ?? slice({}), slice({ name: 'b', version: 2, endpoints: [pod(4)] })])
  expect(sets).toHaveLength(1)
  expect(told()).toEqual(locators([1, 4]))
})

test('slices that are prepared after everything was known change nothing before the end', () => {
  const { slices, sets, told } = slicesInTest()
  slices.replace([slice({ name: 'a', endpoints: [pod(1)] })])
  const later = slices.prepare(slice({ name: 'a', version: 2, endpoints: [pod(2)] }))
  slices.change([])
  expect([sets.length, told()]).toEqual([1, locators([1])])
  slices.replace([later])
  expect(told()).toEqual(locators([1, 2]))
})

test('what was prepared counts at the end, whatever was heard of the slice in between', () => {
  const { slices, told } = slicesInTest()
  const a = slices.prepare(slice({ name: 'a', endpoints: [pod(1)] }))
  slices.change([set({ name: 'a', version: 2, endpoints: [pod(2)] })])
  slices.replace([a])
  expect(told()).toEqual(locators([1]))
})

test('the only port of the slices that came first is not the one that is meant when there turn out to be two', () => {
  const { slices, last } = slicesInTest()
  const a = slices.prepare(slice({ name: 'a', endpoints: [pod(1)] }))
  slices.replace([a, slice({ name: 'b', ports: [{ name: 'admin', port: 9090 }], endpoints: [pod(2)] })])
  expect(last().status).toBe('failed')
  expect(String(last().error)).toContain('"admin", "http"')
})

test('a failure keeps the list, and the next word from the source ends it', () => {
  const { slices, last, told } = slicesInTest()
  const error = new EvenkeelError('EVENKEEL_DISCOVERY_UNREACHABLE', 'cut')
  slices.replace([slice({ endpoints: [pod(1)] })])
  slices.fail(error)
  expect(last()).toMatchObject({ status: 'stale', error })
  const late: string[] = []
  slices.view('http', (heard) => late.push(heard.status, ...texts(heard)))
  expect(late).toEqual(['stale', ...locators([1])])
  slices.change([])
  expect(last()).toMatchObject({ status: 'ok', error: undefined })
  expect(told()).toEqual(locators([1]))
})

test('endpoints that did not change keep their objects, whatever the port', () => {
  const ports = [
    { name: 'http', port: 8080 },
    { name: 'grpc', port: 9090 },
  ]
  const { slices, last } = slicesInTest('http')
  const grpc: string[][] = []
  slices.view('grpc', (heard) => grpc.push([...heard.changed.map(({ locator }) => locator)]))
  slices.replace([slice({ ports, endpoints: pods(1, 3) })])
  const [before] = last().endpoints
  slices.change([set({ version: 2, ports, endpoints: [pod(1), pod(2, { zone: 'z' }), pod(3)] })])
  expect(last().endpoints.find(({ locator }) => locator === before?.locator)).toBe(before)
  expect(last().changed).toMatchObject([{ locator: '10.0.0.2:8080', zone: 'z' }])
  expect(grpc.at(-1)).toEqual(['10.0.0.2:9090'])
})

test('zone, node, hints and the name of the pod are told, and the own zone is that of any endpoint on the own node', () => {
  const { slices, last } = slicesInTest()
  const hints = { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] }
  slices.replace([slice({ endpoints: [pod(1), pod(2, { nodeName: 'n1', zone: 'z1', hints })] })])
  expect(last().endpoints[1]).toMatchObject({
    node: 'n1',
    zone: 'z1',
    hints: { zones: ['z1'], nodes: ['n1'] },
    hashKey: 'users-2',
  })
  expect(slices.zoneOf('n1')).toBe('z1')
  expect(slices.zoneOf('n2')).toBeUndefined()
})

test('an address of this host or a metadata service is refused, with one warning, and counted', () => {
  const { slices, told, warnings } = slicesInTest()
  const bad = pod(1, { addresses: ['169.254.169.254'] })
  slices.replace([slice({ name: 'a', endpoints: [bad, pod(2)] }), slice({ name: 'b', endpoints: [bad] })])
  expect(told()).toEqual(locators([2]))
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('169.254.169.254')
  expect(slices.inspect().ignored.refused).toBe(2)
})

test('warnings end at a hundred', () => {
  const { slices, warnings } = slicesInTest()
  const bad = Array.from({ length: 200 }, (_, n) => pod(n, { addresses: [`127.0.0.${n}`] }))
  slices.replace([slice({ endpoints: bad })])
  expect(warnings).toHaveLength(100)
})

test('what is inspected counts slices, endpoints, what is held, and says when something changed', () => {
  const { slices, clock } = slicesInTest()
  expect(slices.inspect()).toMatchObject({ isComplete: false, slices: 0, changedAt: undefined })
  slices.replace([slice({ name: 'a', endpoints: pods(1, 2) }), slice({ name: 'b', endpoints: null, ports: null })])
  clock.advance(70)
  slices.change([set({ name: 'a', version: 2, endpoints: [pod(1)] })])
  expect(slices.inspect()).toMatchObject({
    isComplete: true,
    slices: 2,
    endpoints: 1,
    changedAt: 70,
    views: [{ name: 'http', endpoints: 2, held: 1 }],
  })
})

test('a view that is disposed hears nothing more and leaves no timer', () => {
  const { slices, clock, view, sets } = slicesInTest()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, endpoints: [pod(1)] })])
  view[Symbol.dispose]()
  expect(clock.pending).toBe(0)
  slices.change([set({ version: 3, endpoints: pods(1, 9) })])
  slices.fail(new Error('cut'))
  expect(sets).toHaveLength(1)
})
