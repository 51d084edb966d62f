/**
 * What core claims: what a change costs, and what a choice and a pick allocate. Speed is shown and not judged, as it is the machine's.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Allocation } from './allocation.ts'
import type { ChangeCost } from './changes.ts'

// Bounds that the project set itself; see docs/benchmarks.md.
const mostMicros = 20
const mostPickBytes = 96
// A choice allocates nothing; half a byte is what counting itself may add over a million choices.
const mostChooseBytes = 0.5
// A number in its box, V8's smallest object, has 16. The default policy looks for its median with every 16th answer, at a cost of one byte a pick;
// a box in every pick, or in every eighth, is not let through.
const mostBesideBytes = 2

/** Every kind of change of the default policy at the largest size, by its median. */
export function changeChecks(changes: readonly ChangeCost[]): readonly Check[] {
  const largest = Math.max(...changes.map(({ peers }) => peers))
  return changes
    .filter(({ policy, peers }) => policy === 'peakEwma' && peers === largest)
    .map(({ kind, peers, micros }) => ({
      id: `core.change.${kind}`,
      claim: `a change of one endpoint in ${peers} (${kind}) is seen by a pick within ${mostMicros} µs of CPU`,
      expected: `<= ${mostMicros}`,
      got: micros.median,
      unit: 'µs',
      ok: micros.median <= mostMicros,
    }))
}

/** Every policy, by the worst of its medians. */
export function allocationChecks(allocations: readonly Allocation[]): readonly Check[] {
  return [...new Set(allocations.map(({ policy }) => policy))].flatMap((policy) => {
    const own = allocations.filter((allocation) => allocation.policy === policy)
    const choose = Math.max(...own.map((allocation) => allocation.choose.median))
    const pick = Math.max(...own.map((allocation) => allocation.pick.median))
    const beside = Math.max(...own.map((allocation) => allocation.pick.median - allocation.handle.median))
    return [
      {
        id: `core.bytes.choose.${policy}`,
        claim: `choosing by ${policy} allocates nothing`,
        expected: `< ${mostChooseBytes} (0 but for the counting)`,
        got: choose,
        unit: 'bytes',
        ok: choose < mostChooseBytes,
      },
      {
        id: `core.bytes.pick.${policy}`,
        claim: `a whole pick by ${policy} allocates at most ${mostPickBytes} bytes`,
        expected: `<= ${mostPickBytes}`,
        got: pick,
        unit: 'bytes',
        ok: pick <= mostPickBytes,
      },
      {
        id: `core.objects.pick.${policy}`,
        claim: `a whole pick by ${policy} is one object: bytes beside it`,
        expected: `< ${mostBesideBytes} (the smallest object has 16)`,
        got: beside,
        unit: 'bytes',
        ok: beside < mostBesideBytes,
      },
    ]
  })
}
