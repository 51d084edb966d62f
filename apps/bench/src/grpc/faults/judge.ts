/**
 * The fault table, its picture and its checks.
 */
import type { Check } from '@evenkeel/tooling/result'
import { type Findings, intervalBars, type Panel, panelRows, type Table } from '../../findings.ts'
import { type Rounds, roundsChecks, valuesOf } from '../../rounds.ts'
import { type Estimate, estimate } from '../../statistics.ts'
import { labels, type VariantName } from '../variants.ts'
import { type FaultRound, firstMs } from './summary.ts'

/** What one server of several does. */
export type FaultName = 'dead' | 'black hole' | 'UNAVAILABLE at once' | 'frozen' | 'ten times slower'

/** One variant in one round. */
export type VariantRound = Readonly<Record<FaultName, FaultRound>>

/** In the order of the table. */
export const faultNames: readonly FaultName[] = [
  'dead',
  'black hole',
  'UNAVAILABLE at once',
  'frozen',
  'ten times slower',
]

const ours: VariantName = 'balanced-channel'
const blackHole: FaultName = 'black hole'
// The bound that the project set itself; see docs/benchmarks.md.
const mostAttempts = 0.005

/** A cell of the table: one variant under one fault, medians of the rounds with their intervals. */
interface Compared {
  readonly fault: FaultName
  readonly variant: VariantName
  readonly subject: string
  readonly errorPercent: Estimate
  readonly p50: Estimate
  readonly p99: Estimate
  readonly badAnswerPercent: Estimate
  /** Undefined where the bad server cannot tell. */
  readonly badAttemptPercent: Estimate | undefined
  readonly lateP99: Estimate
}

/** A row for each fault and variant; `set` is what was set and is written down. */
export function judgeFaults(
  rounds: Rounds<VariantRound>,
  chosen: readonly VariantName[],
  set: Readonly<Record<string, number>>,
): Findings {
  const compared = faultNames.flatMap((fault) => chosen.map((variant) => compare(rounds, fault, variant)))
  return {
    checks: [...roundsChecks('grpc-faults', rounds), ...(chosen.includes(ours) ? checksOf(rounds) : [])],
    figures: { ...set, firstMs, rounds: Object.fromEntries(rounds), compared },
    panels: faultNames.flatMap((fault) => panelsOf(compared, fault)),
    tables: faultNames.map((fault) => tableOf(compared, fault)),
  }
}

function compare(rounds: Rounds<VariantRound>, fault: FaultName, variant: VariantName): Compared {
  const values = (read: (round: FaultRound) => number): Estimate =>
    estimate(valuesOf(rounds, variant, (faults) => read(faults[fault])))
  const badAttemptPercent = values(({ badAttempts }) => (badAttempts ?? Number.NaN) * 100)
  return {
    fault,
    variant,
    subject: labels[variant],
    errorPercent: values(({ failed, calls }) => (failed / calls) * 100),
    p50: values(({ p50Ms }) => p50Ms),
    p99: values(({ p99Ms }) => p99Ms),
    badAnswerPercent: values(({ badAnswers }) => badAnswers * 100),
    badAttemptPercent: Number.isNaN(badAttemptPercent.median) ? undefined : badAttemptPercent,
    lateP99: values(({ lateP99Ms }) => lateP99Ms),
  }
}

function panelsOf(compared: readonly Compared[], fault: FaultName): readonly Panel[] {
  const rows = compared.filter((one) => one.fault === fault)
  const panel = { bars: intervalBars, axis: 'from zero' } as const
  return [
    {
      ...panel,
      title: `${fault}: failed calls, %`,
      rows: panelRows(rows, ({ errorPercent }) => errorPercent),
    },
    { ...panel, title: `${fault}: p99, ms`, rows: panelRows(rows, ({ p99 }) => p99) },
  ]
}

function tableOf(compared: readonly Compared[], fault: FaultName): Table {
  return {
    title: `One server of eight: ${fault}. Medians since it went bad; times in ms`,
    rows: compared
      .filter((one) => one.fault === fault)
      .map(({ subject, errorPercent, p50, p99, badAnswerPercent, badAttemptPercent, lateP99 }) => ({
        channel: subject,
        'errors %': errorPercent.median,
        p50: p50.median,
        p99: p99.median,
        'its answers %': badAnswerPercent.median,
        [`its attempts in ${firstMs / 1_000} s %`]: badAttemptPercent?.median ?? '',
        'late p99': lateP99.median,
      })),
  }
}

function checksOf(rounds: Rounds<VariantRound>): readonly Check[] {
  const trials = valuesOf(rounds, ours, (faults) => faults[blackHole].failed)
  const failed = trials.reduce((sum, count) => sum + count, 0)
  const { median } = estimate(valuesOf(rounds, ours, (faults) => faults[blackHole].badAttempts ?? Number.NaN))
  return [
    {
      id: 'grpc-faults.black-hole-failed',
      claim: 'no repeatable call through balancedChannel fails because one server of eight never answers',
      expected: 0,
      got: trials.length === 0 ? null : failed,
      unit: 'calls',
      ok: trials.length > 0 && failed === 0,
    },
    {
      id: 'grpc-faults.black-hole-attempts',
      claim: `a server that never answers gets at most 0.5 % of the attempts in its first ${firstMs / 1_000} s (median of the rounds)`,
      expected: `<= ${mostAttempts * 100}`,
      got: Number.isNaN(median) ? null : median * 100,
      unit: '%',
      ok: median <= mostAttempts,
    },
  ]
}
