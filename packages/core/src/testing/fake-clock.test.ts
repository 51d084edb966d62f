import { expect, test } from 'vitest'
import { fakeClock } from './fake-clock.ts'

test('time stands still until it is moved', () => {
  const clock = fakeClock(100)
  expect(clock.now()).toBe(100)
  clock.advance(2.5)
  expect(clock.now()).toBe(102.5)
})

test('timers run in the order of their times, then of their making, at their times', () => {
  const clock = fakeClock()
  const ran: unknown[] = []
  clock.after(20, () => ran.push(['c', clock.now()]))
  clock.after(10, () => ran.push(['a', clock.now()]))
  clock.wake(10, () => ran.push(['b', clock.now()]))
  clock.after(31, () => ran.push('never'))
  clock.advance(30)
  expect(ran).toEqual([
    ['a', 10],
    ['b', 10],
    ['c', 20],
  ])
  expect([clock.now(), clock.pending]).toEqual([30, 1])
})

test('a timer set by a timer runs when it falls due in the same advance', () => {
  const clock = fakeClock()
  const ran: number[] = []
  const again = () => {
    ran.push(clock.now())
    clock.after(10, again)
  }
  clock.after(10, again)
  clock.advance(35)
  expect(ran).toEqual([10, 20, 30])
})

test('a poll follows the timers of each moment, and its own new tasks wait for the next', () => {
  const clock = fakeClock()
  const ran: string[] = []
  clock.after(1, () => {
    ran.push('first')
    clock.afterPoll(() => {
      ran.push('poll')
      clock.afterPoll(() => ran.push('next poll'))
    })
  })
  clock.after(1, () => ran.push('second'))
  clock.after(2, () => ran.push('third'))
  clock.advance(2)
  expect(ran).toEqual(['first', 'second', 'poll', 'third', 'next poll'])
  clock.afterPoll(() => ran.push('last'))
  clock.advance()
  expect(ran.at(-1)).toBe('last')
})

test('what is disposed does not run and is not pending, before, at and after its time', () => {
  const clock = fakeClock()
  const ran: string[] = []
  const early = clock.after(5, () => ran.push('early'))
  const poll = clock.afterPoll(() => ran.push('poll'))
  const sibling = clock.after(7, () => ran.push('sibling'))
  clock.after(6, () => later.push(clock.after(1, () => ran.push('late'))))
  const later: Disposable[] = []
  clock.after(7, () => sibling[Symbol.dispose]())
  expect(clock.pending).toBe(5)
  early[Symbol.dispose]()
  early[Symbol.dispose]()
  poll[Symbol.dispose]()
  expect(clock.pending).toBe(3)
  clock.advance(6)
  later[0]?.[Symbol.dispose]()
  clock.advance(10)
  sibling[Symbol.dispose]()
  expect([ran, clock.pending]).toEqual([['sibling'], 0])
})

test('a timer can dispose another one of the same moment', () => {
  const clock = fakeClock()
  const ran: string[] = []
  clock.after(1, () => victim[Symbol.dispose]())
  const victim = clock.after(1, () => ran.push('victim'))
  clock.advance(1)
  expect([ran, clock.pending]).toEqual([[], 0])
})

test('delays that a real timer cannot keep are refused, and a negative one is due at once', () => {
  const clock = fakeClock()
  expect(() => clock.after(Number.POSITIVE_INFINITY, () => {})).toThrow(/ms: Infinity/)
  expect(() => clock.wake(Number.NaN, () => {})).toThrow(/ms: NaN/)
  expect(() => clock.advance(-1)).toThrow(/ms: -1/)
  let ran = false
  clock.after(-5, () => {
    ran = true
  })
  clock.advance()
  expect([ran, clock.now()]).toEqual([true, 0])
})

test('an error of a timer comes out of the advance', () => {
  const clock = fakeClock()
  clock.after(1, () => {
    throw new Error('broken')
  })
  expect(() => clock.advance(5)).toThrow('broken')
  expect([clock.now(), clock.pending]).toEqual([1, 0])
})
