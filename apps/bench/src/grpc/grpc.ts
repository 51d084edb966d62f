/**
 * What a call over gRPC costs: CPU per call, ours and others against the round_robin of grpc-js, in interleaved rounds; and what 1,000 pods cost.
 */
import { failedCheck, ratioCheck } from '../checks.ts'
import { runChild } from '../child.ts'
import { type Findings, intervalBars, type Panel, panelRows, type Table } from '../findings.ts'
import { measureInRounds, type Rounds, ratiosOf, roundsChecks, valuesOf } from '../rounds.ts'
import { type Estimate, estimate, spread } from '../statistics.ts'
import type { BackendTask } from './backend.ts'
import type { Round, Task } from './client.ts'
import { locatorsOf, withBackends } from './fleet.ts'
import { measurePods } from './pods.ts'
import { chosenVariants, labels, type VariantName, variantNames } from './variants.ts'

const baseline: VariantName = 'round-robin'
const ours: VariantName = 'balanced-channel'
const backends = 8
const inFlight = 32
// The bound that the project set itself; see docs/benchmarks.md.
const mostRatio = 1.02
const claim =
  'a call through balancedChannel with its defaults needs at most 2 % more CPU than through round_robin of grpc-js (median of the pairs; its 95 % interval is printed in the table)'
// The first 20,000 calls of a process are much dearer, since V8 still compiles: calls are counted and not seconds, so that a variant that is slower, or a busy
// machine, is not measured younger. As many fit into the window on an idle machine.
const times = { warmUpCalls: 25_000, longestWarmUpMs: 60_000, windowMs: 2_500 }

/** Starts the backends, measures, and stops them on every path. */
export async function measureGrpc(
  { rounds, variants: wanted }: { readonly rounds: number; readonly variants: readonly string[] },
  signal: AbortSignal,
): Promise<Findings> {
  const chosen = chosenVariants(wanted, variantNames, [baseline])
  const found = await measureCpu({ chosen, rounds }, signal)
  const cpu = judgeCpu(found, chosen)
  const pods = await measurePods({ chosen, rounds }, signal)
  return {
    checks: [...cpu.checks, ...pods.checks],
    figures: { cpu: cpu.figures, pods: pods.figures },
    panels: [...cpu.panels, ...pods.panels],
    tables: [...cpu.tables, ...pods.tables],
  }
}

function measureCpu(
  { chosen, rounds }: { readonly chosen: readonly VariantName[]; readonly rounds: number },
  signal: AbortSignal,
): Promise<Rounds<Round>> {
  const task: BackendTask = { hosts: ['127.0.0.1'], delayMs: 0, message: 'a', arrivals: 'not kept' }
  const module = new URL('client.ts', import.meta.url)
  return withBackends({ tasks: Array.from({ length: backends }, () => task), signal }, (fleet) => {
    const locators = locatorsOf(fleet)
    return measureInRounds<VariantName, Round>({
      subjects: chosen,
      rounds,
      measure: (variant) =>
        runChild({ module, task: { variant, locators, inFlight, ...times } satisfies Task, signal }),
      signal,
    })
  })
}

/** Ratios are taken inside a round, against the baseline of the same round: what the machine does meanwhile falls out. */
export function judgeCpu(rounds: Rounds<Round>, chosen: readonly VariantName[]): Findings {
  const compared = chosen.map((variant) => compare(rounds, variant))
  const own = compared.find(({ variant }) => variant === ours)
  return {
    checks: [
      ...roundsChecks('grpc', rounds),
      ...(own === undefined ? [] : [ratioCheck('grpc.cpu-ratio', claim, mostRatio, own.ratio)]),
      failedCheck(
        'grpc',
        'call',
        chosen.flatMap((variant) => valuesOf(rounds, variant, ({ failed }) => failed)),
      ),
    ],
    figures: { backends, inFlight, ...times, rounds: Object.fromEntries(rounds), compared },
    panels: panelsOf(compared),
    tables: [
      {
        title: `CPU of the client per call, ${backends} backends, ${inFlight} in flight; ratio to the baseline of the same round`,
        rows: compared.map((one) => rowOf(rounds, one)),
      },
    ],
  }
}

/** Medians of one variant, each with its interval. */
interface Compared {
  readonly variant: VariantName
  readonly subject: string
  readonly ratio: Estimate
  readonly cpu: Estimate
  readonly latency: Estimate
}

function compare(rounds: Rounds<Round>, variant: VariantName): Compared {
  return {
    variant,
    subject: labels[variant],
    ratio: estimate(ratiosOf(rounds, { subject: variant, baseline }, ({ cpuMicros }) => cpuMicros)),
    cpu: estimate(valuesOf(rounds, variant, ({ cpuMicros }) => cpuMicros)),
    latency: estimate(valuesOf(rounds, variant, ({ latencyMs }) => latencyMs)),
  }
}

function panelsOf(compared: readonly Compared[]): readonly Panel[] {
  return [
    {
      bars: intervalBars,
      axis: 'around the values',
      title: 'Client CPU per call, ratio to the first',
      rows: panelRows(compared, ({ ratio }) => ratio),
    },
    { bars: intervalBars, axis: 'from zero', title: 'CPU per call, µs', rows: panelRows(compared, ({ cpu }) => cpu) },
  ]
}

function rowOf(rounds: Rounds<Round>, { variant, subject, ratio, latency }: Compared): Table['rows'][number] {
  return {
    channel: subject,
    'CPU µs': spread(valuesOf(rounds, variant, ({ cpuMicros }) => cpuMicros)),
    'user µs': spread(valuesOf(rounds, variant, ({ userMicros }) => userMicros)),
    'mean ms': latency.median,
    'median ratio': ratio.median,
    '95 % interval': `${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}`,
  }
}
