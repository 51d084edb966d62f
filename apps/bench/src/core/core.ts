/**
 * The figures of core: a change to a visible pick, bytes per choice and pick, ns per choice and pick.
 */
import type { Check } from '@evenkeel/tooling/result'
import { runChild } from '../child.ts'
import type { Findings } from '../findings.ts'
import { joinSpreads, type Spread } from '../statistics.ts'
import { type Allocation, allocationSizes, heapNodeOptions } from './allocation.ts'
import { type ChangeCost, changeSizes } from './changes.ts'
import { corePanels } from './panels.ts'
import { type Speed, speedSizes } from './speed.ts'
import { type PolicyName, policies } from './subject.ts'
import type { Task } from './worker.ts'

// Bounds that the project set itself; see docs/benchmarks.md.
const mostMicros = 20
const mostPickBytes = 96
// A choice allocates nothing; half a byte is what counting itself may add over a million choices.
const mostChooseBytes = 0.5
// A number in its box, V8's smallest object, has 16. The default policy looks for its median with every 16th answer, at a cost of one byte a pick;
// a box in every pick, or in every eighth, is not let through.
const mostBesideBytes = 2

/** Measures core, one process after another; each round has processes of its own. */
export async function measureCore({ rounds }: { readonly rounds: number }, signal: AbortSignal): Promise<Findings> {
  const names = Object.keys(policies) as PolicyName[]
  const about = { names, rounds, signal }
  const changes = await ask<ChangeCost>('changes', {
    ...about,
    names: ['peakEwma', 'weightedRoundRobin'],
    sizes: changeSizes,
  })
  const allocations = await ask<Allocation>('allocation', { ...about, sizes: allocationSizes })
  const speeds = await ask<Speed>('speed', { ...about, sizes: speedSizes })
  return {
    checks: [...changeChecks(changes), ...allocationChecks(allocations)],
    figures: { rounds, changes, allocations, speeds },
    panels: corePanels({ changes, speeds }),
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
        rows: allocations.map(({ policy, peers, choose, pick, handle }) => ({
          policy,
          endpoints: peers,
          choose,
          'whole pick': pick,
          'of which its object': handle,
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

/** A fresh process for each policy, size and round; rounds outermost, so that a busy minute does not meet one policy only. */
async function ask<Figure extends object>(
  question: Task['question'],
  about: {
    readonly names: readonly PolicyName[]
    readonly sizes: readonly number[]
    readonly rounds: number
    readonly signal: AbortSignal
  },
): Promise<readonly Figure[]> {
  const { names, sizes, rounds, signal } = about
  const found: (readonly Figure[])[] = []
  for (let round = 0; round < rounds; round++) {
    const figures: Figure[] = []
    for (const policy of names) {
      for (const peers of sizes) {
        const own = await runChild<readonly Figure[]>({
          module: new URL('worker.ts', import.meta.url),
          task: { question, policy, peers } satisfies Task,
          nodeOptions: question === 'allocation' ? heapNodeOptions : [],
          signal,
        })
        figures.push(...own)
      }
    }
    found.push(figures)
  }
  return joinRounds(found)
}

/** Rounds have the same figures in the same order; their spreads are joined, the rest is the same in all. */
export function joinRounds<Figure extends object>(rounds: readonly (readonly Figure[])[]): readonly Figure[] {
  const [first = []] = rounds
  return first.map(
    (figure, index) =>
      Object.fromEntries(
        Object.entries(figure).map(([name, value]) => [
          name,
          typeof value === 'object'
            ? joinSpreads(rounds.map((round) => (round[index] as Readonly<Record<string, Spread>>)[name] as Spread))
            : value,
        ]),
      ) as Figure,
  )
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
