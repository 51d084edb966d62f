import { expect, test } from 'vitest'
import { fakeClock } from '../testing/index.ts'
import { WaitingLine } from './waiting-line.ts'

const forever = Number.POSITIVE_INFINITY
const bound = (maxWaiting: number) => ({ waiting: 0, maxWaiting, came: 0 })
const full = () => 'all-full' as const

test('who came first is served first, and one that finds nothing keeps its place and ends the round', () => {
  const line = new WaitingLine(fakeClock(), bound(10))
  const served: string[] = []
  let room = 1
  const join = (name: string): void => {
    line.join(forever, full, (answer) => {
      if (answer !== 'again') return
      if (room === 0) join(name)
      else {
        room--
        served.push(name)
      }
    })
  }
  for (const name of ['first', 'second', 'third']) join(name)
  line.serve()
  expect(served).toEqual(['first'])
  expect(line.size).toBe(2)
  room = 2
  line.serve()
  expect(served).toEqual(['first', 'second', 'third'])
  expect(line.size).toBe(0)
})

test('a wait ends with its reason when its time is over', () => {
  const clock = fakeClock()
  const line = new WaitingLine(clock, bound(10))
  const answers: string[] = []
  line.join(
    100,
    () => 'deadline',
    (answer) => answers.push(answer),
  )
  clock.advance(99)
  expect(answers).toEqual([])
  clock.advance(1)
  expect(answers).toEqual(['deadline'])
  expect(line.size).toBe(0)
})

test('one that is too many hears at once that the line is full', () => {
  const line = new WaitingLine(fakeClock(), bound(1))
  const answers: string[] = []
  line.join(forever, full, (answer) => answers.push(`first ${answer}`))
  line.join(forever, full, (answer) => answers.push(`second ${answer}`))
  expect(answers).toEqual(['second queue-full'])
})

test('one that leaves hears nothing and leaves no timer', () => {
  const clock = fakeClock()
  const line = new WaitingLine(clock, bound(10))
  const answers: string[] = []
  line.join(100, full, (answer) => answers.push(answer))[Symbol.dispose]()
  line.serve()
  clock.advance(1_000)
  expect(answers).toEqual([])
  expect(clock.pending).toBe(0)
})

test('the end is told to everybody once', () => {
  const line = new WaitingLine(fakeClock(), bound(10))
  const answers: string[] = []
  line.join(100, full, (answer) => answers.push(answer))
  line.join(forever, full, (answer) => answers.push(answer))
  line.end('closed')
  line.end('closed')
  expect(answers).toEqual(['closed', 'closed'])
})

test('lines share one bound, and each knows since when its first call waits', () => {
  const shared = bound(2)
  const [one, other] = [new WaitingLine(fakeClock(), shared), new WaitingLine(fakeClock(), shared)] as const
  const answers: string[] = []
  const waits = one.join(forever, full, (answer) => answers.push(`one ${answer}`))
  other.join(forever, full, (answer) => answers.push(`other ${answer}`))
  other.join(forever, full, (answer) => answers.push(`third ${answer}`))
  expect([one.since < other.since, shared.waiting]).toEqual([true, 2])
  waits[Symbol.dispose]()
  waits[Symbol.dispose]()
  expect([one.since, shared.waiting]).toEqual([forever, 1])
  other.serve()
  expect(answers).toEqual(['third queue-full', 'other again'])
  expect(shared.waiting).toBe(0)
})
