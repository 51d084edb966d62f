/**
 * CPU per request over HTTP: ours against a plain array of undici Pools taken in turn, in interleaved rounds.
 */
import { seededRandom } from '@evenkeel/core/testing'
import type { Check } from '@evenkeel/tooling/result'
import { type Child, runChild, startChild } from '../child.ts'
import type { Findings } from '../findings.ts'
import { median, medianInterval, spread } from '../statistics.ts'
import type { Round, Task } from './client.ts'
import type { VariantName } from './variants.ts'

/** What one variant needed, round by round. */
export type Rounds = Readonly<Record<VariantName, readonly Round[]>>

const baseline: VariantName = 'pools-in-turn'
const ours: VariantName = 'balanced-dispatcher'
const order: readonly VariantName[] = [baseline, ours, 'undici-balanced-pool']
const backends = 8
// Bound of the project's first release; 1.03 is the aim.
const mostRatio = 1.05
const seed = 1

/** Starts the backends, measures, and stops them on every path. */
export async function measureHttp(rounds: number, signal: AbortSignal): Promise<Findings> {
  const servers: Child<number>[] = Array.from({ length: backends }, () =>
    startChild<number>({ module: new URL('backend.ts', import.meta.url), task: {}, signal }),
  )
  try {
    const ports = await Promise.all(servers.map(({ said }) => said))
    return judge(await measureRounds(rounds, ports, signal))
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** A fresh process per variant and round. The order is rotated, so that no variant always follows the same one. */
async function measureRounds(rounds: number, ports: readonly number[], signal: AbortSignal): Promise<Rounds> {
  const found: Record<VariantName, Round[]> = {
    'balanced-dispatcher': [],
    'pools-in-turn': [],
    'undici-balanced-pool': [],
  }
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < order.length; place++) {
      const variant = order[(round + place) % order.length] as VariantName
      const task: Task = { variant, ports }
      found[variant].push(await runChild<Round>({ module: new URL('client.ts', import.meta.url), task, signal }))
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`)
  }
  return found
}

/** Ratios are taken inside a round, against the baseline of the same round: what the machine does meanwhile falls out. */
export function judge(rounds: Rounds): Findings {
  const compared = order.map((variant) => {
    const ratios = rounds[variant].map(
      ({ cpuMicros }, round) => cpuMicros / (rounds[baseline][round]?.cpuMicros ?? Number.NaN),
    )
    return { variant, ratios, ratio: median(ratios), interval: medianInterval(ratios, seededRandom(seed)) }
  })
  const failed = Object.values(rounds)
    .flat()
    .reduce((sum, round) => sum + round.failed, 0)
  const { ratio } = compared.find(({ variant }) => variant === ours) as (typeof compared)[number]
  return {
    checks: [ratioCheck(ratio), failedCheck(failed)],
    figures: { seed, rounds, compared },
    tables: [
      {
        title: `CPU per request, ${backends} backends, 32 in flight; ratio to the baseline of the same round`,
        rows: compared.map(({ variant, ratio: middle, interval: { low, high } }) => ({
          dispatcher: variant,
          'CPU µs': spread(rounds[variant].map(({ cpuMicros }) => cpuMicros)),
          'user µs': spread(rounds[variant].map(({ userMicros }) => userMicros)),
          'median ratio': middle,
          '95 % interval': `${low.toFixed(3)} to ${high.toFixed(3)}`,
        })),
      },
    ],
  }
}

function ratioCheck(ratio: number): Check {
  return {
    id: 'http.cpu-ratio',
    claim: 'a request through BalancedDispatcher needs at most 5 % more CPU than through undici Pools taken in turn',
    expected: `<= ${mostRatio}`,
    got: ratio,
    unit: 'ratio',
    ok: ratio <= mostRatio,
  }
}

function failedCheck(failed: number): Check {
  return {
    id: 'http.failed',
    claim: 'no request fails while it is measured',
    expected: 0,
    got: failed,
    unit: 'requests',
    ok: failed === 0,
  }
}
