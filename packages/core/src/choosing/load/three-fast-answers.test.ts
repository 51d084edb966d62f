import { expect, test } from 'vitest'
import { LivePeer } from '../../peers/peer.ts'
import { endpointAt } from '../../testing/index.ts'
import { PeakEwma } from './peak-ewma.ts'

const decayMs = 10_000

function open() {
  const load = new PeakEwma(decayMs)
  const peer = new LivePeer(0, endpointAt('10.0.0.1:80'), { perPeer: Number.POSITIVE_INFINITY })
  load.reset(peer)
  return {
    good: (now: number, ...latencies: readonly number[]): void => {
      for (const latencyMs of latencies) load.answered(peer, 'good', { now, latencyMs, ageMs: latencyMs })
    },
    cost: (now: number): number => load.cost(peer, { now }),
  }
}

test('three answers of exactly half the value are not below it', () => {
  const { good, cost } = open()
  good(0, 100, 50, 50, 50)
  expect(cost(0)).toBe(100)
  good(0, 49, 48, 47)
  expect(cost(0)).toBe(49)
})

test('half the value is half of what has not decayed yet', () => {
  const { good, cost } = open()
  good(0, 100)
  let value = 100
  for (const [index, latencyMs] of [19, 9.5, 4.5].entries()) {
    // Each is below half of the last value, and above half of what is left of it by now.
    expect(latencyMs).toBeLessThan(value / 2)
    const left = value * Math.exp(-1)
    expect(latencyMs).toBeGreaterThan(left / 2)
    good((index + 1) * decayMs, latencyMs)
    value = left + latencyMs * (1 - Math.exp(-1))
  }
  expect(cost(3 * decayMs)).toBeCloseTo(value, 3)
})

test('three more are needed after three were believed', () => {
  const { good, cost } = open()
  good(0, 1_000, 100, 100, 100)
  expect(cost(0)).toBe(100)
  good(0, 10, 10)
  expect(cost(0)).toBe(100)
  good(0, 10)
  expect(cost(0)).toBe(10)
})

test('the slowest of earlier fast answers is not remembered', () => {
  const { good, cost } = open()
  good(0, 1_000, 400, 300, 900, 20, 30, 10)
  expect(cost(0)).toBe(30)
})
