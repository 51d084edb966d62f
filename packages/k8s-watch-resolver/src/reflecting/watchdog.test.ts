import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { Watchdog } from './watchdog.ts'

function dogAt(clock: FakeClock, seconds = 600, seed = 1) {
  let aliveAt = clock.now()
  const bites: [number, string][] = []
  const dog = new Watchdog(
    clock,
    seededRandom(seed),
    () => aliveAt,
    seconds,
    (error) => {
      bites.push([clock.now(), error.message])
    },
  )
  return {
    dog,
    bites,
    alive: () => {
      aliveAt = clock.now()
    },
  }
}

test('what says nothing for two bookmarks and a half is taken for dead, once, and each stream at a time of its own', () => {
  const times = Array.from({ length: 50 }, (_, seed) => {
    const clock = fakeClock()
    const { bites } = dogAt(clock, 600, seed)
    clock.advance(590_000)
    expect([bites.length, clock.pending]).toEqual([1, 0])
    expect(bites[0]?.[1]).toMatch(/^nothing came for 1[5-8]\d s/)
    return bites[0]?.[0] ?? 0
  })
  expect(Math.min(...times)).toBeGreaterThanOrEqual(150_000)
  expect(Math.max(...times)).toBeLessThanOrEqual(180_000)
  expect(new Set(times.map((time) => Math.round(time / 1_000))).size).toBeGreaterThan(10)
})

test('whatever comes counts from then on', () => {
  const clock = fakeClock()
  const { bites, alive } = dogAt(clock)
  clock.advance(149_000)
  alive()
  clock.advance(149_000)
  expect(bites).toEqual([])
  clock.advance(32_000)
  expect(bites).toHaveLength(1)
})

test('bookmarks that come often make it less patient, down to a minute', () => {
  const clock = fakeClock()
  const { dog, bites, alive } = dogAt(clock)
  for (let second = 0; second < 3; second++) {
    clock.advance(10_000)
    alive()
    dog.bookmark()
  }
  clock.advance(150_000)
  const quietMs = (bites[0]?.[0] ?? 0) - 30_000
  expect(quietMs).toBeGreaterThanOrEqual(60_000)
  // The look that was planned before the first bookmark may come first.
  expect(quietMs).toBeLessThanOrEqual(150_000)
})

test('a server that does not end a watch when its time is over is taken for stuck, however lively it is', () => {
  const clock = fakeClock()
  const { bites, alive } = dogAt(clock, 300)
  for (let second = 0; second < 314; second++) {
    clock.advance(1_000)
    alive()
  }
  expect(bites).toEqual([])
  clock.advance(1_000)
  expect(bites.map(([at]) => at)).toEqual([315_000])
})

test('a watchdog that is disposed bites nobody', () => {
  const clock = fakeClock()
  const { dog, bites } = dogAt(clock)
  dog[Symbol.dispose]()
  expect(clock.pending).toBe(0)
  clock.advance(600_000)
  expect(bites).toEqual([])
})
