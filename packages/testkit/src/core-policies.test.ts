import { leastRequest, type Policy, peakEwma, random, roundRobin, weightedRoundRobin } from '@evenkeel/core'
import { test } from 'vitest'
import { type PolicyLawOptions, policyLaws } from './policy-laws.ts'

const histories = Number(process.env.EVENKEEL_HISTORIES ?? 10_000)
const seed = Number(process.env.EVENKEEL_SEED ?? 1)

const policies: readonly (readonly [() => Policy, PolicyLawOptions])[] = [
  [() => peakEwma(), { honoursWeights: true, heedsFailures: true }],
  [() => roundRobin(), { heedsFailures: true }],
  [() => random(), { honoursWeights: true, heedsFailures: true }],
  [() => weightedRoundRobin(), { honoursWeights: true, heedsFailures: true }],
  // A peer that fails at once has nothing in flight: what keeps it from looking idle are the guards.
  [() => leastRequest(), { honoursWeights: true }],
  [() => leastRequest({ compare: 'all' }), { honoursWeights: true }],
]

for (const [makePolicy, options] of policies) {
  for (const law of policyLaws(makePolicy, { ...options, histories, seed })) test(law.name, law.check, 120_000)
}
