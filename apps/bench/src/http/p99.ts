/**
 * Latency while one of eight backends is ten times slower: an open loop over real sockets, in interleaved rounds.
 */
import { failedCheck, ratioCheck } from '../checks.ts'
import { runChild } from '../child.ts'
import { type Findings, intervalBars, panelRows, type Table } from '../findings.ts'
import { measureInRounds, type Rounds, ratiosOf, roundsChecks, valuesOf } from '../rounds.ts'
import { type Estimate, estimate } from '../statistics.ts'
import type { BackendTask } from './backend.ts'
import { chooseField, type Field, withFleet } from './fleet.ts'
import type { OpenRound, OpenTask } from './open-client.ts'
import type { VariantName } from './variants.ts'

const baseline: VariantName = 'pools-in-turn'
const ours: VariantName = 'balanced-dispatcher'
const fast: BackendTask = { delayMs: 5, body: 'fast' }
const slow: BackendTask = { delayMs: 50, body: 'slow' }
const fleet: readonly BackendTask[] = [slow, ...Array.from({ length: 7 }, () => fast)]
// A few requests in flight on each backend, and a client that is idle most of the time: what is seen is the choice, not a queue.
const perSecond = 800
// Connections are opened and latencies learnt in the first second, which is not counted; a window of 4 s has 32 requests above its p99.
const times = { warmUpMs: 1_000, windowMs: 4_000, patienceMs: 5_000 }
// Half of what taking turns gives: far from 1 and far from what is measured, so that noise decides nothing.
const mostRatio = 0.5
const claim =
  'with one backend ten times slower, p99 through BalancedDispatcher is at most half of that of undici Pools taken in turn'

/** Starts the backends, measures, and stops them on every path. */
export async function measureP99(
  { rounds, variants: wanted }: { readonly rounds: number; readonly variants: readonly string[] },
  signal: AbortSignal,
): Promise<Findings> {
  const field = await chooseField(wanted, baseline)
  const { variants } = field
  const module = new URL('open-client.ts', import.meta.url)
  const trials = new Map<VariantName, number>()
  const found = await withFleet({ backends: fleet, variants, signal }, (places) =>
    measureInRounds<VariantName, OpenRound>({
      subjects: variants,
      rounds,
      measure: (variant) => {
        // Another schedule in each round, the same one for all of its variants.
        const seed = (trials.get(variant) ?? 0) + 1
        trials.set(variant, seed)
        const task: OpenTask = { variant, places, perSecond, seed, slowBody: slow.body, ...times }
        return runChild<OpenRound>({ module, task, signal })
      },
      signal,
    }),
  )
  return judgeP99(found, field)
}

/** The ratio to the baseline is taken inside a round. */
export function judgeP99(rounds: Rounds<OpenRound>, field: Field): Findings {
  const { variants, leftOut } = field
  const compared = variants.map((variant) => compare(rounds, variant, field))
  const panel = { bars: intervalBars, axis: 'from zero' } as const
  const own = compared.find(({ variant }) => variant === ours)
  return {
    checks: [
      ...roundsChecks('p99', rounds),
      ...(own === undefined ? [] : [ratioCheck('p99.ratio', claim, mostRatio, own.ratio)]),
      failedCheck(
        'p99',
        'request',
        variants.flatMap((variant) => valuesOf(rounds, variant, ({ failed }) => failed)),
      ),
    ],
    figures: { fleet, perSecond, ...times, leftOut, rounds: Object.fromEntries(rounds), compared },
    panels: [
      { ...panel, title: 'p99 with one slow backend of eight, ms', rows: panelRows(compared, ({ p99 }) => p99) },
      { ...panel, title: 'p50, ms', rows: panelRows(compared, ({ p50 }) => p50) },
      {
        ...panel,
        title: 'Requests that the slow backend answered, %',
        rows: panelRows(compared, ({ slowPercent }) => slowPercent),
      },
    ],
    tables: [tableOf(compared, leftOut)],
  }
}

/** Medians of one variant, each with its interval. */
interface Compared {
  readonly variant: VariantName
  readonly subject: string
  readonly p50: Estimate
  readonly p99: Estimate
  readonly slowPercent: Estimate
  readonly lateP99: Estimate
  readonly ratio: Estimate
}

function compare(rounds: Rounds<OpenRound>, variant: VariantName, { labels }: Field): Compared {
  const values = (read: (round: OpenRound) => number): Estimate => estimate(valuesOf(rounds, variant, read))
  return {
    variant,
    subject: labels[variant] ?? variant,
    p50: values(({ p50Ms }) => p50Ms),
    p99: values(({ p99Ms }) => p99Ms),
    slowPercent: values(({ slowShare }) => slowShare * 100),
    lateP99: values(({ lateP99Ms }) => lateP99Ms),
    ratio: estimate(ratiosOf(rounds, { subject: variant, baseline }, ({ p99Ms }) => p99Ms)),
  }
}

function tableOf(compared: readonly Compared[], leftOut: readonly string[]): Table {
  const title = `Latency in ms, ${perSecond} requests/s, seven backends that take ${fast.delayMs} ms and one that takes ${slow.delayMs} ms`
  return {
    title: [title, ...leftOut.map((one) => `left out: ${one}`)].join('\n'),
    rows: compared.map(({ subject, p50, p99, slowPercent, lateP99, ratio }) => ({
      dispatcher: subject,
      p50: p50.median,
      p99: p99.median,
      '95 % interval': `${p99.low.toFixed(1)} to ${p99.high.toFixed(1)}`,
      'slow %': slowPercent.median,
      'median ratio': ratio.median,
      'late p99': lateP99.median,
    })),
  }
}
