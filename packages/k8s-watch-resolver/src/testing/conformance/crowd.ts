/**
 * W-23: a thousand clients that lose their server at once. There is no network in it, so that a thousand are cheap, and time is virtual.
 */
import { equal, ok } from 'node:assert/strict'
import { type Random, systemClock } from '@evenkeel/core'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { ApiFailure } from '../../access/api-server.ts'
import type { ApiObject } from '../../reflecting/object.ts'
import { Reflector } from '../../reflecting/reflector.ts'
import { ScriptedBody, ScriptedServer } from '../scripted-server.ts'

const clients = 1_000
// The first delay is anywhere in twice 0.8 s.
const windowMs = 1_600
const end = JSON.stringify({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } } },
})

/** How many seeds are played. */
export const crowdSeeds: readonly number[] = Array.from({ length: 24 }, (_, seed) => seed)

/** @throws AssertionError where they come back together, or more often than they may */
export async function loseServerAtOnce(seed: number): Promise<void> {
  const clock = fakeClock()
  const random = seededRandom(seed)
  const bodies: ScriptedBody[] = []
  let asked: number[] = []
  let isUp = true
  const server = new ScriptedServer(() => {
    asked.push(clock.now())
    if (!isUp) throw new ApiFailure('refused', 'nobody listens')
    const body = new ScriptedBody().write(`${end}\n`)
    bodies.push(body)
    return { body, aliveAt: clock.now() }
  })
  const reflectors = crowdOf(server, clock, random)
  await quiet()
  ok(reflectors.every((one) => one.inspect().phase === 'live'))
  await pass(clock, 1_000, 1_000)
  const from = clock.now()
  asked = []
  isUp = false
  for (const body of bodies.splice(0)) body.end(new ApiFailure('reset', 'the server has gone'))
  await quiet()
  await pass(clock, windowMs, 20)
  equal(asked.length, clients)
  // 62.5 in each tenth of a second on average; 120 is seven standard deviations above.
  const pieces = histogram(asked, from)
  ok(Math.min(...pieces) > 20 && Math.max(...pieces) < 120, `${pieces}`)
  // It stays away for a while: nobody comes more often than the backoff says, and they do not gather.
  await pass(clock, 10_000, 100)
  ok(asked.length < clients * 5, `${asked.length} attempts`)
  isUp = true
  asked = []
  await pass(clock, 20_000, 100)
  // Everybody once: whoever was let in stays.
  equal(asked.length, clients)
  const most = mostInATenth(asked)
  ok(most < 60, `${most} in a tenth of a second`)
  await Promise.all(reflectors.map((one) => one.close()))
  equal(clock.pending, 0)
}

function crowdOf(server: ScriptedServer, clock: FakeClock, random: Random): readonly Reflector<ApiObject>[] {
  const ignore = (): void => {}
  const observer = {
    ...{ arrived: (object: ApiObject) => object, replaced: ignore, changed: ignore },
    ...{ failed: ignore, recovered: ignore },
  }
  const subject = { group: '', resource: 'slices', verbs: ['watch'], namespace: 'shop', reason: 'to see' }
  const manners = { watchList: true }
  const options = { server, collection: { path: '/slices' }, subject, manners, observer, clock, random }
  return Array.from({ length: clients }, () => new Reflector<ApiObject>(options))
}

function mostInATenth(times: readonly number[]): number {
  const tenths = new Map<number, number>()
  for (const at of times) tenths.set(Math.floor(at / 100), (tenths.get(Math.floor(at / 100)) ?? 0) + 1)
  return Math.max(...tenths.values())
}

/** Lets everything go on that waits for promises alone. */
function quiet(): Promise<void> {
  return new Promise((resolve) => void systemClock.afterPoll(resolve))
}

async function pass(clock: FakeClock, ms: number, stepMs: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    clock.advance(stepMs)
    await quiet()
  }
}

/** How many of the times fall into each tenth of a second of the window; what is behind it counts for the last one. */
function histogram(times: readonly number[], from: number): readonly number[] {
  const pieceMs = 100
  const counts = Array.from({ length: windowMs / pieceMs }, () => 0)
  for (const time of times) {
    const piece = Math.min(counts.length - 1, Math.floor(Math.max(0, time - from - 1) / pieceMs))
    counts[piece] = (counts[piece] ?? 0) + 1
  }
  return counts
}
