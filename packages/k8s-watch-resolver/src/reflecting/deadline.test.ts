import { fakeClock } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Deadline } from './deadline.ts'

function deadlineWith(isNeeded = true) {
  const clock = fakeClock()
  const cuts: number[] = []
  const stream = {
    bytes: 0,
    get ageMs() {
      return clock.now()
    },
    cut: () => void cuts.push(clock.now()),
  }
  return { clock, cuts, stream, deadline: new Deadline(clock, stream, isNeeded) }
}

test('what does not come to its end in 10 s is cut, once', () => {
  const { clock, cuts, deadline } = deadlineWith()
  clock.advance(9_999)
  expect([cuts, deadline.isOver]).toEqual([[], false])
  clock.advance(100_000)
  expect([cuts, deadline.isOver]).toEqual([[10_000], true])
})

test('every megabyte that comes is worth a second', () => {
  const { clock, cuts, stream } = deadlineWith()
  clock.advance(5_000)
  stream.bytes = 3_000_000
  clock.advance(60_000)
  expect(cuts).toEqual([13_000])
})

test('one that is not needed, or disposed, sets no timer', () => {
  expect(deadlineWith(false).clock.pending).toBe(0)
  const { clock, deadline, cuts } = deadlineWith()
  deadline[Symbol.dispose]()
  clock.advance(60_000)
  expect([clock.pending, cuts]).toEqual([0, []])
})
