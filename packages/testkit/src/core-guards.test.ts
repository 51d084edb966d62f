import {
  answeredBad,
  answeredGood,
  answeredOverloaded,
  consecutiveFailures,
  drainMark,
  type GuardFactory,
  lostMaybeProcessed,
  type Outcome,
  retryAfter,
} from '@evenkeel/core'
import { describe, test } from 'vitest'
import { guardLaws } from './guard-laws.ts'

const histories = Number(process.env.EVENKEEL_HISTORIES ?? 10_000)
const seed = Number(process.env.EVENKEEL_SEED ?? 1)

const guards: readonly (readonly [string, () => GuardFactory, Outcome])[] = [
  ['consecutiveFailures, lost connections', () => consecutiveFailures(), lostMaybeProcessed],
  ['consecutiveFailures, bad answers', () => consecutiveFailures({ failures: 2 }), answeredBad],
  ['drainMark', () => drainMark(), { ...answeredGood, leaving: true }],
  ['retryAfter', () => retryAfter(), { ...answeredOverloaded, retryAfterMs: 1_000 }],
]

describe.each(guards)('%s', (_, makeGuard, provocation) => {
  for (const law of guardLaws(makeGuard, { histories, seed, provocation })) test(law.name, law.check, 120_000)
})
