/**
 * CPU per request over HTTP: ours and others against a plain array of undici Pools taken in turn, in interleaved rounds.
 */
import { failedCheck, ratioCheck } from '../checks.ts'
import { runChild } from '../child.ts'
import { type Findings, intervalBars, type Panel, panelRows, type Table } from '../findings.ts'
import { measureInRounds, type Rounds, ratiosOf, roundsChecks, valuesOf } from '../rounds.ts'
import { type Estimate, estimate, spread } from '../statistics.ts'
import type { Round, Task } from './client.ts'
import { chooseField, type Field, withFleet } from './fleet.ts'
import type { VariantName } from './variants.ts'

const baseline: VariantName = 'pools-in-turn'
const ours: VariantName = 'balanced-dispatcher'
const backends = 8
const inFlight = 32
// The bound that the project set itself; see docs/benchmarks.md.
const mostRatio = 1.04
const claim =
  'a request through BalancedDispatcher needs at most 4 % more CPU than through undici Pools taken in turn (median of the pairs; its 95 % interval is printed in the table)'
// The compiler is done and the connections are open long before the first second ends. Tens of thousands of requests fit into the window: a few
// percent of noise, which the pairing of rounds removes.
const times = { warmUpMs: 1_000, windowMs: 2_000 }

/** Starts the backends, measures, and stops them on every path. */
export async function measureHttp(
  { rounds, variants: wanted }: { readonly rounds: number; readonly variants: readonly string[] },
  signal: AbortSignal,
): Promise<Findings> {
  const field = await chooseField(wanted, baseline)
  const { variants } = field
  const module = new URL('client.ts', import.meta.url)
  const fleet = Array.from({ length: backends }, () => ({ delayMs: 0, body: 'ok' }))
  const found = await withFleet({ backends: fleet, variants, signal }, (places) =>
    measureInRounds<VariantName, Round>({
      subjects: variants,
      rounds,
      measure: (variant) => runChild({ module, task: { variant, places, inFlight, ...times } satisfies Task, signal }),
      signal,
    }),
  )
  return judge(found, field)
}

/** Ratios are taken inside a round, against the baseline of the same round: what the machine does meanwhile falls out. */
export function judge(rounds: Rounds<Round>, field: Field): Findings {
  const { variants, leftOut } = field
  const compared = variants.map((variant) => compare(rounds, variant, field))
  const own = compared.find(({ variant }) => variant === ours)
  return {
    checks: [
      ...roundsChecks('http', rounds),
      ...(own === undefined ? [] : [ratioCheck('http.cpu-ratio', claim, mostRatio, own.ratio)]),
      failedCheck(
        'http',
        'request',
        variants.flatMap((variant) => valuesOf(rounds, variant, ({ failed }) => failed)),
      ),
    ],
    figures: { backends, inFlight, ...times, leftOut, rounds: Object.fromEntries(rounds), compared },
    panels: panelsOf(compared),
    tables: [
      {
        title: [
          `CPU of the client per request, ${backends} backends, ${inFlight} in flight; ratio to the baseline of the same round`,
          ...leftOut.map((one) => `left out: ${one}`),
        ].join('\n'),
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
  readonly hop: Estimate
  readonly latency: Estimate
}

function compare(rounds: Rounds<Round>, variant: VariantName, { labels }: Field): Compared {
  return {
    variant,
    subject: labels[variant] ?? variant,
    ratio: estimate(ratiosOf(rounds, { subject: variant, baseline }, ({ cpuMicros }) => cpuMicros)),
    cpu: estimate(valuesOf(rounds, variant, ({ cpuMicros }) => cpuMicros)),
    hop: estimate(valuesOf(rounds, variant, ({ hopMicros }) => hopMicros)),
    latency: estimate(valuesOf(rounds, variant, ({ latencyMs }) => latencyMs)),
  }
}

function panelsOf(compared: readonly Compared[]): readonly Panel[] {
  const hops = compared
    .filter(({ variant }) => variant === 'nginx')
    .map(({ subject, hop }) => ({ subject: `${subject.replace(/,.*/, '')}: nginx itself, on top`, ...hop }))
  const panel = { bars: intervalBars, axis: 'from zero' } as const
  return [
    {
      bars: intervalBars,
      axis: 'around the values',
      title: 'Client CPU per request, ratio to the first',
      rows: panelRows(compared, ({ ratio }) => ratio),
    },
    { ...panel, title: 'CPU per request, µs', rows: [...panelRows(compared, ({ cpu }) => cpu), ...hops] },
    {
      ...panel,
      title: `Mean latency with ${inFlight} in flight, ms`,
      rows: panelRows(compared, ({ latency }) => latency),
    },
  ]
}

function rowOf(rounds: Rounds<Round>, { variant, subject, ratio, hop, latency }: Compared): Table['rows'][number] {
  return {
    dispatcher: subject,
    'CPU µs': spread(valuesOf(rounds, variant, ({ cpuMicros }) => cpuMicros)),
    'user µs': spread(valuesOf(rounds, variant, ({ userMicros }) => userMicros)),
    'hop µs': hop.median,
    'mean ms': latency.median,
    'median ratio': ratio.median,
    '95 % interval': `${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}`,
  }
}
