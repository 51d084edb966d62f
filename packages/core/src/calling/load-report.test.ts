import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatLoadReport, type LoadReport, parseLoadReport } from './load-report.ts'

test('a report is short text, with numbers rounded to three decimals', () => {
  expect(formatLoadReport({ inFlight: 3, utilisation: 0.41999, ageMs: 1_200 })).toBe('i=3;u=0.42;a=1200')
  expect(
    formatLoadReport({
      inFlight: 0,
      utilisation: 1.5,
      ageMs: 0.0001,
      requestsPerSecond: 10,
      errorsPerSecond: 0.5,
      latencyMs: 12.3456,
    }),
  ).toBe('i=0;u=1.5;a=0;r=10;e=0.5;l=12.346')
})

test('what was written is read again', () => {
  const number = fc.integer({ min: 0, max: 1_000_000_000_000 }).map((thousandths) => thousandths / 1_000)
  const report: fc.Arbitrary<LoadReport> = fc.record(
    {
      inFlight: number,
      utilisation: number,
      ageMs: number,
      requestsPerSecond: number,
      errorsPerSecond: number,
      latencyMs: number,
    },
    { requiredKeys: ['inFlight', 'utilisation', 'ageMs'] },
  )
  fc.assert(
    fc.property(report, (written) => {
      expect(parseLoadReport(formatLoadReport(written))).toEqual(written)
    }),
  )
})

test('no text makes it throw or gives a number that is none', () => {
  const piece = fc.constantFrom('i', 'u', 'a', 'x', '=', ';', '1', '.', '-', 'e', ' ', 'NaN', 'Infinity', '__proto__')
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (garbage) => {
      const read = parseLoadReport(garbage)
      for (const value of Object.values(read ?? {})) expect(Number.isFinite(value) && value >= 0).toBe(true)
    }),
  )
})

test.each([
  [''],
  ['i=1;u=0.5'],
  ['u=0.5;a=1'],
  ['i=1;a=1'],
  ['i=-1;u=0;a=0'],
  ['i=1e3;u=0;a=0'],
  ['i=1;u=.5;a=0'],
  ['i=1;u=5.;a=0'],
  ['i=;u=0;a=0'],
  ['i=0x1;u=0;a=0'],
  ['i=1;u=0;a=NaN'],
  ['i=1, u=0, a=0'],
  [`i=1;u=0;a=0;${'x'.repeat(128)}`],
])('%j is no report', (text) => {
  expect(parseLoadReport(text)).toBeUndefined()
})

test('unknown keys are skipped, so that later versions may say more', () => {
  expect(parseLoadReport('i=1;z=9;u=0;version=2;a=5;')).toEqual({ inFlight: 1, utilisation: 0, ageMs: 5 })
})
