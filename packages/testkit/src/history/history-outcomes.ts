/**
 * Every way a call can end.
 */
import {
  answeredBad,
  answeredCancelled,
  answeredGood,
  answeredOverloaded,
  callerMaybeProcessed,
  callerUnprocessed,
  cancelledMaybeProcessed,
  cancelledUnprocessed,
  failedUnprocessed,
  lostMaybeProcessed,
  type Outcome,
  type Random,
} from '@evenkeel/core'

const drained: Outcome = { ...answeredGood, leaving: true }
const told: Outcome = { ...answeredOverloaded, retryAfterMs: 2_000 }

/** Outcomes of which no peer may be blamed (law 10). */
export const blameless: readonly Outcome[] = [
  answeredCancelled,
  callerMaybeProcessed,
  callerUnprocessed,
  cancelledMaybeProcessed,
  cancelledUnprocessed,
]

const others: readonly Outcome[] = [
  answeredBad,
  answeredBad,
  answeredOverloaded,
  failedUnprocessed,
  lostMaybeProcessed,
  lostMaybeProcessed,
  told,
  drained,
  ...blameless,
]

/** About half of all calls end well. */
export function drawOutcome(random: Random): Outcome {
  return random.below(2) === 0 ? answeredGood : (others[random.below(others.length)] as Outcome)
}
