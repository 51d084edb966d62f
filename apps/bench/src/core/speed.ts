/**
 * How long a choice and a whole pick take, by policy and number of peers.
 */
import { plainCall } from '@evenkeel/core/testing'
import { type Spread, spread } from '../statistics.ts'
import { inBatches, nanosecondsPerOperation, type Operation } from './batches.ts'
import { answerSlowly, inFlight, openSubject, type PolicyName, wholePicks } from './subject.ts'

/** Figures of one policy at one size, in ns of thread CPU. */
export interface Speed {
  readonly policy: PolicyName
  readonly peers: number
  /** One `choose`. */
  readonly choose: Spread
  /** Pick, started, answered and settled, on the system's clock. */
  readonly pick: Spread
}

/** The sizes measured: a small service, and each step to the largest that core is made for. */
export const speedSizes: readonly number[] = [10, 100, 1_000, 10_000]

const repeats = 7
// Enough for every tier of the compiler, and for each of 10,000 peers to have been picked many times.
const warmUps = 15_625 * inFlight

/** Measures one policy at one size. */
export async function measureSpeed(policy: PolicyName, peers: number): Promise<readonly Speed[]> {
  const subject = openSubject(policy, peers)
  const { balancer, chooser } = subject
  const picks: Operation = {
    batchSize: 300 * inFlight,
    batch: (count) => wholePicks(balancer, count),
  }
  const chooses: Operation = {
    batchSize: 50_000,
    batch: (count) => {
      const moment = { now: performance.now() }
      for (let done = 0; done < count; done++) chooser.choose(plainCall, moment)
    },
  }
  const pick: number[] = []
  const choose: number[] = []
  await inBatches(picks, warmUps)
  for (let repeat = 0; repeat < repeats; repeat++) pick.push(await nanosecondsPerOperation(picks))
  await answerSlowly(balancer, peers)
  await inBatches(chooses, warmUps)
  for (let repeat = 0; repeat < repeats; repeat++) choose.push(await nanosecondsPerOperation(chooses))
  await subject[Symbol.asyncDispose]()
  return [{ policy, peers, choose: spread(choose), pick: spread(pick) }]
}
