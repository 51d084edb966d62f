import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Backlog } from './backlog.ts'

const limits = { inFlight: { above: 100, below: 60 }, loopLagMs: { above: 1_000, below: 250 } }

test('is exceeded above the upper threshold and stays so until the load is below the lower one', () => {
  const backlog = new Backlog(limits)
  const exceededAt = (inFlight: number): boolean => {
    backlog.observe({ inFlight, loopLagMs: 0 })
    return backlog.reasons.length > 0
  }
  expect([100, 101, 80, 60, 59, 80, 100, 101].map(exceededAt)).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
    false,
    true,
  ])
})

test('names each load that is exceeded, with its thresholds', () => {
  const backlog = new Backlog(limits)
  backlog.observe({ inFlight: 101, loopLagMs: 1_200.4 })
  expect(backlog.reasons).toEqual([
    'inFlight 101 (over above 100, well below 60)',
    'loopLagMs 1200 (over above 1000, well below 250)',
  ])
})

test('limits only what has a limit', () => {
  const backlog = new Backlog({ loopLagMs: limits.loopLagMs })
  backlog.observe({ inFlight: 1e9, loopLagMs: 0 })
  expect(backlog.reasons).toEqual([])
})

test('after any history it is exceeded exactly if the last crossing of a threshold was upwards', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(150), { minLength: 1 }), (history) => {
      const backlog = new Backlog(limits)
      for (const inFlight of history) backlog.observe({ inFlight, loopLagMs: 0 })
      const last = history.findLast((load) => load > 100 || load < 60)
      return backlog.reasons.length > 0 === (last !== undefined && last > 100)
    }),
  )
})
