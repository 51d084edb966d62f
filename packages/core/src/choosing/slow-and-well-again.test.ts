import { expect, test } from 'vitest'
import { answeredGood, lostMaybeProcessed, type Outcome } from '../calling/outcome.ts'
import { parseTarget } from '../discovery/target.ts'
import { upstreams } from '../peers/upstreams.ts'
import { plainCall as call, endpointAt, fakeClock, manualResolver, seededRandom } from '../testing/index.ts'
import { peakEwma } from './policy/peak-ewma.ts'

const seed = 7

/** How a call on a peer ends, and after how long. */
interface Behaviour {
  readonly ms: number
  readonly outcome: Outcome
}
const well: Behaviour = { ms: 10, outcome: answeredGood }
const slow: Behaviour = { ms: 100, outcome: answeredGood }
// So slow that it is not forgotten between trials, however quiet the service is.
const stuck: Behaviour = { ms: 450, outcome: answeredGood }
const silent: Behaviour = { ms: 200, outcome: lostMaybeProcessed }

/** Three peers, of which `odd` behaves as it is told. */
function open() {
  const clock = fakeClock()
  const resolver = manualResolver({ clock })
  // No guards: what the loads do is seen alone.
  const services = upstreams({ resolver, guards: [], clock, random: seededRandom(seed) })
  const balancer = services.of(parseTarget('user-service')).balancer({ policies: [peakEwma()], narrowings: [] })
  resolver.set(['odd', 'b', 'c'].map((address) => endpointAt(`${address}:80`)))
  /** Calls at an even pace, beginning now; answers at which of these milliseconds one went to the odd peer. */
  return (forMs: number, everyMs: number, odd: Behaviour): readonly number[] => {
    const times: number[] = []
    const begin = clock.now()
    for (let index = 0; index * everyMs < forMs; index++) {
      clock.advance(begin + index * everyMs - clock.now())
      const pick = balancer.pick(call)
      if (pick.kind !== 'pick') throw new Error(pick.kind)
      const isOdd = pick.peer.endpoint.address === 'odd'
      if (isOdd) times.push(clock.now() - begin)
      const { ms, outcome } = isOdd ? odd : well
      pick.started()
      clock.after(ms, () => pick.settle(outcome))
    }
    return times
  }
}

function gaps(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] as number))
}

// 300 calls a second or a little more, in milliseconds that add up exactly.
const busyMs = 3.25

test(`a peer that is ten times slower gets one trial a second and nothing else (seed ${seed})`, () => {
  const run = open()
  run(2_000, busyMs, slow)
  const trials = run(10_000, busyMs, slow)
  expect(trials.length).toBeGreaterThanOrEqual(8)
  for (const gap of gaps(trials)) {
    expect(gap).toBeGreaterThanOrEqual(1_000)
    expect(gap).toBeLessThan(1_300)
  }
})

test(`a peer that was ten times slower has a full share after three fast answers (seed ${seed})`, () => {
  const run = open()
  run(5_000, busyMs, slow)
  const times = run(10_000, busyMs, well)
  for (const gap of gaps(times.slice(0, 3))) {
    expect(gap).toBeGreaterThanOrEqual(1_000)
    expect(gap).toBeLessThan(1_300)
  }
  const healedAt = (times[2] as number) + well.ms
  const after = times.filter((time) => time >= healedAt && time < healedAt + 3_000).length
  const share = after / (3_000 / busyMs)
  expect(share).toBeGreaterThan(0.28)
  expect(share).toBeLessThan(0.38)
})

test(`a peer that answers none of its trials is tried ever more rarely (seed ${seed})`, () => {
  const run = open()
  run(5_000, busyMs, slow)
  const between = gaps(run(40_000, busyMs, silent))
  for (const [index, ms] of [2_000, 4_000, 8_000, 16_000].entries()) {
    expect(between[index]).toBeGreaterThanOrEqual(ms)
    expect(between[index]).toBeLessThan(ms + 300)
  }
})

test(`a quiet service spends at most a quarter of its calls on trials, though not none (seed ${seed})`, () => {
  const run = open()
  run(10_000, 500, stuck)
  const trials = run(30_000, 500, stuck)
  expect(trials.length).toBeGreaterThan(0)
  expect(trials.length).toBeLessThanOrEqual(60 / 4)
})
