import { expect, test } from 'vitest'
import type { Check } from '../result.ts'
import { medianChecks } from './median.ts'

const run = (got: number): { checks: Check[] } => ({
  checks: [{ id: 'share', claim: 'the slow pod gets little', expected: '<= 2', got, unit: '%', ok: got <= 2 }],
})

test('one bad run of three does not fail the median', () => {
  expect(medianChecks([run(1), run(9), run(1.5)])).toMatchObject([{ got: 1.5, ok: true }])
})

test('two bad runs of three fail it', () => {
  expect(medianChecks([run(1), run(9), run(8)])).toMatchObject([{ got: 8, ok: false }])
})

test('a check that most runs do not report is not ok', () => {
  expect(medianChecks([run(1), { checks: [] }, { checks: [] }])).toMatchObject([{ ok: false }])
})
