import { expect, test } from 'vitest'
import { formatFindings, formatTable } from './findings.ts'

test('a table has names on the left, numbers on the right, and ranges in brackets', () => {
  const rows = [
    { policy: 'random', peers: 10, ns: { median: 1.25, min: 1, max: 2.5 } },
    { policy: 'peakEwma', peers: 10_000, ns: { median: 120, min: 99.04, max: 1_000 } },
  ]
  expect(formatTable({ title: 'ns', rows })).toBe(
    [
      'ns',
      'policy    peers                ns',
      'random       10    1.250 [1..2.5]',
      'peakEwma  10000  120 [99.0..1000]',
    ].join('\n'),
  )
})

test('each check says whether it is ok, what was found and what was expected', () => {
  const check = { id: 'a', claim: 'it is fast', expected: '<= 40', unit: 'µs' }
  const text = formatFindings({
    tables: [],
    panels: [],
    figures: {},
    checks: [
      { ...check, got: 12.34, ok: true },
      { ...check, got: 41, ok: false },
    ],
  })
  expect(text).toContain('ok      it is fast: 12.3 µs (expected: <= 40)')
  expect(text).toContain('NOT OK  it is fast: 41 µs (expected: <= 40)')
})
