import { expect, test } from 'vitest'
import { fakeClock, seededRandom } from '../../testing/index.ts'
import { type BudgetOptions, WindowBudget } from './budget.ts'

function open(options: BudgetOptions) {
  const clock = fakeClock()
  const budget = new WindowBudget(clock, options)
  const calls = (count: number): void => {
    for (let call = 0; call < count; call++) budget.deposit(clock.now())
  }
  const repeats = (): number => {
    let count = 0
    while (budget.withdraw(clock.now())) count++
    return count
  }
  return { clock, budget, calls, repeats }
}

test('by default a quiet service has 100 repeats in 10 s, and every call adds a fifth of one', () => {
  const { calls, repeats } = open({})
  expect(repeats()).toBe(100)
  calls(4)
  expect(repeats()).toBe(0)
  calls(1)
  expect(repeats()).toBe(1)
  calls(50)
  expect(repeats()).toBe(10)
})

test('by default 20 % of the calls of the last 10 s may be repeats, beside 100', () => {
  const { clock, budget, calls } = open({})
  for (let second = 0; second < 10; second++) {
    calls(1_000)
    clock.advance(999)
    expect(budget.left(clock.now())).toBe(100 + 200 * (second + 1))
    clock.advance(1)
  }
  // The first second has left the window; the others follow one by one.
  for (let second = 9; second >= 0; second--) {
    expect(budget.left(clock.now())).toBe(100 + 200 * second)
    clock.advance(1_000)
  }
})

test('the window begins with the budget, not with the clock', () => {
  const clock = fakeClock(1_234)
  const budget = new WindowBudget(clock, { ratio: 1, minPerSecond: 0 })
  budget.deposit(1_234)
  expect([budget.left(11_233), budget.left(11_234)]).toEqual([1, 0])
})

test('ten calls of a tenth are one repeat, in whichever buckets they are', () => {
  const { clock, calls, repeats } = open({ ratio: 0.1, minPerSecond: 0 })
  for (let bucket = 0; bucket < 10; bucket++) {
    calls(1)
    if (bucket < 9) clock.advance(1_000)
  }
  expect(repeats()).toBe(1)
})

test('calls and repeats count for the window and are then forgotten', () => {
  const { clock, budget, calls, repeats } = open({ ratio: 0.5, minPerSecond: 0, windowMs: 10_000 })
  calls(10)
  clock.advance(9_000)
  expect(budget.left(clock.now())).toBe(5)
  expect(repeats()).toBe(5)
  clock.advance(1_000)
  // The calls are forgotten and the repeats are not: nothing is left, never less.
  expect(budget.left(clock.now())).toBe(0)
  calls(10)
  expect(budget.left(clock.now())).toBe(0)
  calls(2)
  expect(budget.left(clock.now())).toBe(1)
  clock.advance(9_000)
  expect(budget.left(clock.now())).toBe(6)
})

test('after a long silence only the floor is left', () => {
  const { clock, budget, calls } = open({ ratio: 1, minPerSecond: 2, windowMs: 1_000 })
  calls(1_000)
  clock.advance(3_600_000)
  expect(budget.left(clock.now())).toBe(2)
})

test('a budget of nothing allows nothing', () => {
  const { calls, repeats } = open({ ratio: 0, minPerSecond: 0 })
  calls(1_000)
  expect(repeats()).toBe(0)
})

test('over any history there is as much left as the calls and repeats of ten buckets say', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed)
    const { clock, budget } = open({ ratio: 0.25, minPerSecond: 1, windowMs: 10_000 })
    const made: { readonly at: number; readonly worth: number }[] = []
    const expected = (): number => {
      const first = Math.floor(clock.now() / 1_000) - 9
      const inWindow = made.filter(({ at }) => Math.floor(at / 1_000) >= first)
      return Math.max(
        0,
        inWindow.reduce((sum, { worth }) => sum + worth, 10),
      )
    }
    for (let step = 0; step < 200; step++) {
      clock.advance(random.below(600))
      const now = clock.now()
      if (random.next() < 0.7) {
        budget.deposit(now)
        made.push({ at: now, worth: 0.25 })
      } else {
        const had = expected()
        expect(budget.withdraw(now), `seed ${seed} step ${step}`).toBe(had >= 1)
        if (had >= 1) made.push({ at: now, worth: -1 })
      }
      expect(budget.left(now), `seed ${seed} step ${step}`).toBe(expected())
    }
  }
})

test.each([
  [{ ratio: -0.1 }, 'ratio: -0.1 (expected: 0 to 1)'],
  [{ ratio: 1.1 }, 'ratio: 1.1 (expected: 0 to 1)'],
  [{ ratio: Number.NaN }, 'ratio: NaN (expected: 0 to 1)'],
  [{ minPerSecond: -1 }, 'minPerSecond: -1 (expected: >= 0)'],
  [{ windowMs: 0 }, 'windowMs: 0 (expected: > 0)'],
])('%o is refused', (options, text) => {
  expect(() => open(options)).toThrow(text)
})
