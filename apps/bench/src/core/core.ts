/**
 * The figures of core: a change to a visible pick, bytes per choice and pick, ns per choice and pick.
 */
import { runChild } from '../child.ts'
import type { Findings } from '../findings.ts'
import { joinSpreads, type Spread } from '../statistics.ts'
import { type Allocation, allocationSizes, heapNodeOptions } from './allocation.ts'
import { type ChangeCost, changeSizes } from './changes.ts'
import { allocationChecks, changeChecks } from './checks.ts'
import { corePanels } from './panels.ts'
import { type Speed, speedSizes } from './speed.ts'
import { type PolicyName, policies } from './subject.ts'
import type { Task } from './worker.ts'

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
