import { expect, test } from 'vitest'
import { AwakeTime } from '../awake-time.ts'
import { LivePeer } from '../peers/peer.ts'
import type { Tracker } from '../peers/tracker.ts'
import { endpointAt, fakeClock, seededRandom } from '../testing/index.ts'
import {
  answeredBad,
  answeredGood,
  cancelledMaybeProcessed,
  failedUnprocessed,
  lostMaybeProcessed,
  type Outcome,
} from './outcome.ts'
import type { Pick } from './pick.ts'
import { PickBook, type TrialResult } from './pick-book.ts'

function open() {
  const clock = fakeClock()
  const awake = new AwakeTime(clock)
  const heard: string[] = []
  const trials: TrialResult[] = []
  const book = new PickBook(awake, {
    trialEnded: (_, result) => void trials.push(result),
    settled: () => {},
    ended: () => {},
  })
  const tracker: Tracker = {
    picked: () => void heard.push('picked'),
    answered: (_, verdict, { latencyMs }) => void heard.push(`answered ${verdict} ${latencyMs}`),
    failed: (_, outcome, { ageMs }) => void heard.push(`failed ${outcome.fate} ${ageMs}`),
    settled: (_, outcome, { ageMs }) => void heard.push(`settled ${outcome.verdict} ${ageMs}`),
  }
  book.add(tracker, 'last')
  const peer = new LivePeer(0, endpointAt('10.0.0.1:80'), { perPeer: Number.POSITIVE_INFINITY })
  const pick = (trial: 0 | 1 = 0): Pick => {
    awake.read()
    return book.reserve(peer, trial)
  }
  return { clock, book, heard, trials, peer, pick }
}

test('latency runs from the start, age from the pick', () => {
  const { clock, heard, pick } = open()
  const one = pick()
  clock.advance(5)
  one.started()
  clock.advance(20)
  one.answered('good')
  clock.advance(100)
  one.settle(answeredGood)
  expect(heard).toEqual(['picked', 'answered good 20', 'settled good 125'])
})

test('a pick is settled once; whatever comes later does nothing', () => {
  const { heard, peer, pick } = open()
  const one = pick()
  one.settle(lostMaybeProcessed)
  one.settle(answeredGood)
  one.answered('good')
  one.started()
  expect(heard).toEqual(['picked', 'failed maybe-processed 0', 'settled bad 0'])
  expect(peer.inFlight).toBe(0)
})

test('silence runs from the oldest unanswered pick or the last head, whichever is later, and ends when no answer is owed', () => {
  const { clock, peer, pick } = open()
  const start = clock.now()
  const first = pick()
  clock.advance(10)
  const second = pick()
  expect(peer.silentSince).toBe(start)
  clock.advance(10)
  second.answered('good')
  expect(peer.silentSince).toBe(start + 20)
  clock.advance(10)
  first.answered('good')
  expect(peer.silentSince).toBe(Number.POSITIVE_INFINITY)
  expect(peer.inFlight).toBe(2)
  first.settle(answeredGood)
  second.settle(answeredGood)
  expect(peer.inFlight).toBe(0)
})

test('a failing attempt is heard exactly once as a failure', () => {
  const failures = (run: (pick: Pick) => void): number => {
    const { heard, pick } = open()
    run(pick())
    return heard.filter((event) => event.startsWith('failed') || event.startsWith('answered bad')).length
  }
  expect(failures((pick) => pick.settle(failedUnprocessed))).toBe(1)
  expect(failures((pick) => pick.settle(answeredBad))).toBe(1)
  const badHead = (pick: Pick): void => {
    pick.answered('bad')
    pick.settle(answeredBad)
  }
  expect(failures(badHead)).toBe(1)
  const cutBody = (pick: Pick): void => {
    pick.answered('good')
    pick.settle(answeredBad)
  }
  expect(failures(cutBody)).toBe(1)
  expect(failures((pick) => pick.settle(cancelledMaybeProcessed))).toBe(0)
})

test('a trial has one result: that of its head, a failure, or none when its caller went away', () => {
  const results = (run: (pick: Pick) => void): readonly TrialResult[] => {
    const { trials, pick } = open()
    run(pick(1))
    return trials
  }
  const good = (pick: Pick): void => {
    pick.answered('good')
    pick.settle(lostMaybeProcessed)
  }
  expect(results(good)).toEqual(['good'])
  expect(results((pick) => pick.settle(answeredBad))).toEqual(['bad'])
  expect(results((pick) => pick.settle(failedUnprocessed))).toEqual(['bad'])
  expect(results((pick) => pick.settle(cancelledMaybeProcessed))).toEqual(['none'])
})

test('over any history in flight is exact, and silence is what its definition says', () => {
  const seed = 20_261_124
  const random = seededRandom(seed)
  const { clock, peer, pick, book } = open()
  const open_: { readonly pick: Pick; readonly at: number; answered: boolean }[] = []
  let lastHead = Number.NEGATIVE_INFINITY
  const outcomes: readonly Outcome[] = [answeredGood, answeredBad, lostMaybeProcessed, cancelledMaybeProcessed]
  for (let step = 0; step < 5_000; step++) {
    clock.advance(random.below(3))
    const choice = random.below(3)
    const entry = open_[random.below(Math.max(1, open_.length))]
    if (choice === 0 || entry === undefined) open_.push({ pick: pick(), at: clock.now(), answered: false })
    else if (choice === 1 && !entry.answered) {
      entry.pick.answered('good')
      entry.answered = true
      lastHead = clock.now()
    } else {
      const outcome = outcomes[random.below(outcomes.length)] as Outcome
      entry.pick.settle(outcome)
      if (!entry.answered && outcome.fate === 'answered') lastHead = clock.now()
      open_.splice(open_.indexOf(entry), 1)
    }
    const owed = open_.filter(({ answered }) => !answered).map(({ at }) => at)
    const silent = owed.length === 0 ? Number.POSITIVE_INFINITY : Math.max(Math.min(...owed), lastHead)
    expect({ seed, step, inFlight: peer.inFlight, silentSince: peer.silentSince, open: book.open }).toEqual({
      seed,
      step,
      inFlight: open_.length,
      silentSince: silent,
      open: open_.length,
    })
  }
})

test.each([
  ['comes', ['first', 'guard', 'last', 'late', 'first', 'guard', 'last']],
  ['goes', ['first', 'guard', 'last', 'guard', 'last']],
])('one that %s in the middle of an event does not make others hear it twice or miss it', (what, expected) => {
  for (const event of ['picked', 'answered', 'failed', 'settled'] as const) {
    const { book, pick } = open()
    const heard: string[] = []
    const named = (name: string, act = (): void => {}): Tracker => ({
      [event]: () => {
        heard.push(name)
        act()
      },
    })
    const first = named('first')
    // As a guard does whose vote lets a waiting call pick, for which a transport opens or closes a balancer.
    const guard = named('guard', () => {
      if (heard.length > 2) return
      if (what === 'comes') book.add(named('late'), 'first')
      else book.remove(first)
    })
    for (const tracker of [first, guard, named('last')]) book.add(tracker, 'last')
    for (let picks = 0; picks < 2; picks++) pick().settle(event === 'failed' ? lostMaybeProcessed : answeredGood)
    expect(heard, event).toEqual(expected)
  }
})
