import { type Narrowing, type Stage, TerminationTier, terminationTier } from '@evenkeel/core'
import { describe, test } from 'vitest'
import { narrowingLaws } from './narrowing-laws.ts'

const histories = Number(process.env.EVENKEEL_HISTORIES ?? 10_000)
const seed = Number(process.env.EVENKEEL_SEED ?? 1)

const tier: Narrowing = {
  name: 'terminationTier',
  mayLeaveNothing: true,
  open: (next: Stage) => Object.assign(new TerminationTier(next), { [Symbol.dispose]: () => {} }),
}

describe('terminationTier', () => {
  // The first stage of the pipeline: every peer comes with a share of 1.
  const options = { histories, seed, shares: [1] }
  for (const law of narrowingLaws(
    () => tier,
    (members) => terminationTier([...members.keys()]),
    options,
  )) {
    test(law.name, law.check, 120_000)
  }
})
