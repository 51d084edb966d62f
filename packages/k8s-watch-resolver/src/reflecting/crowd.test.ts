import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { ApiFailure } from '../access/api-server.ts'
import { ScriptedBody, ScriptedServer } from '../testing/scripted-server.ts'
import { Reflector } from './reflector.ts'

const clients = 1_000
// The first delay is anywhere in twice 0.8 s.
const windowMs = 1_600
const end = JSON.stringify({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } } },
})

/** Lets everything go on that waits for promises alone. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function pass(clock: FakeClock, ms: number, stepMs: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    clock.advance(stepMs)
    await quiet()
  }
}

/** How many of the times fall into each piece of the window, and how many behind it. */
function histogram(times: readonly number[], pieceMs: number): readonly number[] {
  const counts = Array.from({ length: windowMs / pieceMs }, () => 0)
  for (const time of times) {
    const piece = Math.min(counts.length - 1, Math.floor(Math.max(0, time - 1) / pieceMs))
    counts[piece] = (counts[piece] ?? 0) + 1
  }
  return counts
}

test.each(Array.from({ length: 24 }, (_, seed) => seed))(
  'W-23: a thousand clients that lose their server at once come back spread over the window, seed %i',
  async (seed) => {
    const clock = fakeClock()
    const random = seededRandom(seed)
    let bodies: ScriptedBody[] = []
    let asked: number[] = []
    let isUp = true
    const server = new ScriptedServer(() => {
      asked.push(clock.now())
      if (!isUp) throw new ApiFailure('refused', 'nobody listens')
      const body = new ScriptedBody().write(`${end}\n`)
      bodies.push(body)
      return { body, aliveAt: clock.now() }
    })
    const ignore = (): void => {}
    const reflectors = Array.from(
      { length: clients },
      () =>
        new Reflector({
          server,
          collection: { path: '/slices' },
          subject: { group: '', resource: 'slices', verbs: ['watch'], namespace: 'shop', reason: 'to see' },
          manners: { watchList: true },
          observer: {
            arrived: (object) => object,
            replaced: ignore,
            changed: ignore,
            failed: ignore,
            recovered: ignore,
          },
          clock,
          random,
        }),
    )
    await quiet()
    expect(reflectors.every((one) => one.inspect().phase === 'live')).toBe(true)
    await pass(clock, 1_000, 1_000)
    const lost = bodies
    const from = clock.now()
    asked = []
    bodies = []
    isUp = false
    for (const body of lost) body.end(new ApiFailure('reset', 'the server has gone'))
    await quiet()
    await pass(clock, windowMs, 20)
    const first = asked.map((at) => at - from)
    expect(asked.length).toBe(clients)
    // 62.5 in each tenth of a second on average; 120 is seven standard deviations above.
    for (const count of histogram(first, 100)) {
      expect(count).toBeGreaterThan(20)
      expect(count).toBeLessThan(120)
    }
    // It stays away for a while: nobody comes more often than the backoff says, and they do not gather.
    await pass(clock, 10_000, 100)
    expect(asked.length).toBeLessThan(clients * 5)
    isUp = true
    asked = []
    await pass(clock, 20_000, 100)
    // Everybody once: whoever was let in stays.
    expect(asked.length).toBe(clients)
    const tenths = new Map<number, number>()
    for (const at of asked) tenths.set(Math.floor(at / 100), (tenths.get(Math.floor(at / 100)) ?? 0) + 1)
    expect(Math.max(...tenths.values())).toBeLessThan(60)
    await Promise.all(reflectors.map((one) => one.close()))
    expect(clock.pending).toBe(0)
  },
  30_000,
)
