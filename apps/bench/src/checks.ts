/**
 * Checks that several benches of clients have.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Estimate } from './statistics.ts'

/** Nothing that a client asks may fail, whichever variant asked. Nothing measured is not ok either. */
export function failedCheck(bench: string, asked: 'request' | 'call', failures: readonly number[]): Check {
  const failed = failures.reduce((sum, count) => sum + count, 0)
  return {
    id: `${bench}.failed`,
    claim: `no ${asked} fails while it is measured`,
    expected: 0,
    got: failures.length === 0 ? null : failed,
    unit: `${asked}s`,
    ok: failures.length > 0 && failed === 0,
  }
}

/** A ratio to the baseline is at most so large. Without a value it is not ok. */
export function ratioCheck(id: string, claim: string, most: number, { median }: Estimate): Check {
  return {
    id,
    claim,
    expected: `<= ${most}`,
    got: Number.isNaN(median) ? null : median,
    unit: 'ratio',
    ok: median <= most,
  }
}
