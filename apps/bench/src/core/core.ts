/**
 * The figures of core: a change to a visible pick, bytes per choice and pick, ns per choice and pick.
 */
import type { Check } from '@evenkeel/tooling/result'
import { runChild } from '../child.ts'
import type { Findings } from '../findings.ts'
import { type Allocation, heapNodeOptions } from './allocation.ts'
import type { ChangeCost } from './changes.ts'
import type { Speed } from './speed.ts'
import { type PolicyName, policies } from './subject.ts'
import type { Task } from './worker.ts'

// Bounds of the project's first release; see apps/bench/README.md.
const mostMicros = 40
const mostPickBytes = 96
// A choice allocates nothing; half a byte is what counting itself may add over a million choices.
const mostChooseBytes = 0.5

/** Measures core, one process after another. */
export async function measureCore(signal: AbortSignal): Promise<Findings> {
  const ask = <Figure>(question: Task['question'], policy: PolicyName): Promise<readonly Figure[]> =>
    runChild<readonly Figure[]>({
      module: new URL('worker.ts', import.meta.url),
      task: { question, policy } satisfies Task,
      nodeOptions: question === 'allocation' ? heapNodeOptions : [],
      signal,
    })
  const names = Object.keys(policies) as PolicyName[]
  const changes = [
    ...(await ask<ChangeCost>('changes', 'peakEwma')),
    ...(await ask<ChangeCost>('changes', 'weightedRoundRobin')),
  ]
  const allocations: Allocation[] = []
  for (const name of names) allocations.push(...(await ask<Allocation>('allocation', name)))
  const speeds: Speed[] = []
  for (const name of names) speeds.push(...(await ask<Speed>('speed', name)))
  return {
    checks: [...changeChecks(changes), ...allocationChecks(allocations)],
    figures: { changes, allocations, speeds },
    tables: [
      {
        title: 'One endpoint changes, until a pick sees it: µs of CPU per change',
        rows: changes.map(({ policy, peers, kind, micros }) => ({
          policy,
          endpoints: peers,
          change: kind,
          µs: micros,
        })),
      },
      {
        title: 'Bytes allocated',
        rows: allocations.map(({ policy, peers, choose, pick }) => ({
          policy,
          endpoints: peers,
          choose,
          'whole pick': pick,
        })),
      },
      {
        title: 'ns of CPU; a whole pick is picked, started, answered and settled',
        rows: speeds.map(({ policy, peers, choose, pick }) => ({
          policy,
          endpoints: peers,
          choose,
          'whole pick': pick,
        })),
      },
    ],
  }
}

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
        claim: `a whole pick by ${policy} is one object of at most ${mostPickBytes} bytes`,
        expected: `<= ${mostPickBytes}`,
        got: pick,
        unit: 'bytes',
        ok: pick <= mostPickBytes,
      },
    ]
  })
}
