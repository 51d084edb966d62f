/**
 * What 1,000 pods cost whoever calls a few of them: each has an address of its own on loopback, and servers count connections.
 */
import type { Check } from '@evenkeel/tooling/result'
import { runChild } from '../child.ts'
import { type Findings, intervalBars, panelRows, type Table } from '../findings.ts'
import { measureInRounds, type Rounds, roundsChecks, valuesOf } from '../rounds.ts'
import { type Estimate, estimate, spread } from '../statistics.ts'
import type { BackendTask } from './backend.ts'
import { withBackends } from './fleet.ts'
import type { PodsRound, PodsTask } from './pods-client.ts'
import { labels, type VariantName } from './variants.ts'

const baseline: VariantName = 'round-robin'
const ours: VariantName = 'balanced-channel'
const processes = 4
const podsOfOne = 250
const pods = processes * podsOfOne
const concurrent = 32
const burstsMs = 2_000
// The bounds that the project set itself; see docs/benchmarks.md.
const mostFirstCallMs = 1_000
const mostBytes = 20_000
const mostConnections = concurrent + 1

/** Starts the pods, measures the baseline and, if it was chosen, ours; stops them on every path. */
export async function measurePods(
  { chosen, rounds }: { readonly chosen: readonly VariantName[]; readonly rounds: number },
  signal: AbortSignal,
): Promise<Findings> {
  const subjects = [baseline, ours].filter((name) => chosen.includes(name))
  const module = new URL('pods-client.ts', import.meta.url)
  const found = await withBackends({ tasks: podTasks(), signal }, (backends) =>
    measureInRounds<VariantName, PodsRound>({
      subjects,
      rounds,
      measure: (variant) => {
        const task: PodsTask = { variant, backends, concurrent, burstsMs }
        return runChild({ module, task, nodeOptions: ['--expose-gc'], signal })
      },
      signal,
    }),
  )
  return judgePods(found, subjects)
}

/** Addresses of the whole of 127/8 are this machine's own, on Linux. */
function podTasks(): readonly BackendTask[] {
  return Array.from({ length: processes }, (_, process) => ({
    hosts: Array.from({ length: podsOfOne }, (_, pod) => `127.1.${process}.${pod + 1}`),
    delayMs: 0,
    message: 'a',
    arrivals: 'not kept',
  }))
}

/** Bounds for ours; what the baseline takes stands beside it. */
export function judgePods(rounds: Rounds<PodsRound>, subjects: readonly VariantName[]): Findings {
  const compared = subjects.map((variant) => compare(rounds, variant))
  const own = compared.find(({ variant }) => variant === ours)
  const panel = { bars: intervalBars, axis: 'from zero' } as const
  return {
    checks: [...roundsChecks('grpc-pods', rounds), ...(own === undefined ? [] : checksOf(rounds, own))],
    figures: { pods, concurrent, burstsMs, rounds: Object.fromEntries(rounds), compared },
    panels: [
      {
        ...panel,
        title: `First call among ${pods} pods, ms`,
        rows: panelRows(compared, ({ firstCallMs }) => firstCallMs),
      },
      {
        ...panel,
        title: 'Heap per pod after the first call, kB',
        rows: panelRows(compared, ({ kilobytes }) => kilobytes),
      },
      {
        ...panel,
        title: `Connections for ${concurrent} calls at once`,
        rows: panelRows(compared, ({ connections }) => connections),
      },
    ],
    tables: [
      {
        title: `${pods} pods: the first call, then ${concurrent} at once, then such bursts for ${burstsMs / 1_000} s`,
        rows: compared.map(({ variant }) => rowOf(rounds, variant)),
      },
    ],
  }
}

/** Medians of one variant, each with its interval. */
interface Compared {
  readonly variant: VariantName
  readonly subject: string
  readonly firstCallMs: Estimate
  readonly kilobytes: Estimate
  readonly connections: Estimate
}

function compare(rounds: Rounds<PodsRound>, variant: VariantName): Compared {
  const values = (read: (round: PodsRound) => number): Estimate => estimate(valuesOf(rounds, variant, read))
  return {
    variant,
    subject: labels[variant],
    firstCallMs: values(({ firstCallMs }) => firstCallMs),
    kilobytes: values(({ bytesPerPod }) => bytesPerPod / 1_000),
    connections: values(({ connectionsBurst }) => connectionsBurst),
  }
}

function rowOf(rounds: Rounds<PodsRound>, variant: VariantName): Table['rows'][number] {
  const values = (read: (round: PodsRound) => number) => spread(valuesOf(rounds, variant, read))
  return {
    channel: labels[variant],
    'first call ms': values(({ firstCallMs }) => firstCallMs),
    'kB per pod': values(({ bytesPerPod }) => bytesPerPod / 1_000),
    'connections: first call': values(({ connectionsFirst }) => connectionsFirst),
    'first burst': values(({ connectionsBurst }) => connectionsBurst),
    'all bursts': values(({ connectionsLater }) => connectionsLater),
  }
}

function checksOf(rounds: Rounds<PodsRound>, { firstCallMs, kilobytes }: Compared): readonly Check[] {
  const bursts = valuesOf(rounds, ours, ({ connectionsBurst }) => connectionsBurst)
  const failed = valuesOf(rounds, ours, (round) => round.failed).reduce((sum, count) => sum + count, 0)
  return [
    boundCheck('first-call', `the first call among ${pods} pods is answered within a second of making the channel`, {
      got: firstCallMs.median,
      unit: 'ms',
      most: mostFirstCallMs,
    }),
    boundCheck('heap', 'a pod without a connection keeps at most 20 kB of heap', {
      got: kilobytes.median * 1_000,
      unit: 'bytes',
      most: mostBytes,
    }),
    // The greatest, not the median: it is a bound of each burst.
    boundCheck(
      'connections',
      `${concurrent} calls at once open no more connections than calls and one, in every round`,
      {
        got: bursts.length === 0 ? Number.NaN : Math.max(...bursts),
        unit: 'connections',
        most: mostConnections,
      },
    ),
    boundCheck('failed', 'no call of ours fails among them', { got: failed, unit: 'calls', most: 0 }),
  ]
}

function boundCheck(
  id: string,
  claim: string,
  { got, unit, most }: { readonly got: number; readonly unit: string; readonly most: number },
): Check {
  return {
    id: `grpc-pods.${id}`,
    claim,
    expected: `<= ${most}`,
    got: Number.isNaN(got) ? null : got,
    unit,
    ok: got <= most,
  }
}
