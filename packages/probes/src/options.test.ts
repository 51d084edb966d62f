import { EvenkeelError } from '@evenkeel/core'
import { describe, expect, test } from 'vitest'
import { type ProbesOptions, settle } from './options.ts'

describe('the time of a drain', () => {
  // S-08
  test.each<
    readonly [ProbesOptions, { readonly lameDuckMs: number; readonly signalledMs: number; readonly calledMs: number }]
  >([
    [{}, { lameDuckMs: 5_000, signalledMs: 28_000, calledMs: 28_000 }],
    [{ preStopMs: 10_000 }, { lameDuckMs: 1_000, signalledMs: 18_000, calledMs: 28_000 }],
    [
      { gracePeriodMs: 60_000, lameDuckMs: 20_000 },
      { lameDuckMs: 20_000, signalledMs: 58_000, calledMs: 58_000 },
    ],
    [{ gracePeriodMs: 5_000 }, { lameDuckMs: 1_500, signalledMs: 3_000, calledMs: 3_000 }],
    [{ lameDuckMs: 0 }, { lameDuckMs: 0, signalledMs: 28_000, calledMs: 28_000 }],
  ])('with %o ends two seconds before the grace period', (options, expected) => {
    expect(settle(options)).toMatchObject(expected)
  })
})

test.each<readonly [ProbesOptions, string]>([
  [{ gracePeriodMs: 2_000 }, 'gracePeriodMs: 2000 (expected: > 2000)'],
  [{ gracePeriodMs: Number.NaN }, 'gracePeriodMs: NaN (expected: > 2000)'],
  [{ preStopMs: 28_000 }, 'preStopMs: 28000 (expected: 0 to 28000 (gracePeriodMs less 2000))'],
  [{ preStopMs: -1 }, 'preStopMs: -1 (expected: 0 to 28000 (gracePeriodMs less 2000))'],
  [{ lameDuckMs: 28_000 }, 'lameDuckMs: 28000 (expected: 0 to below 28000 (gracePeriodMs less preStopMs less 2000))'],
  [{ checkTimeoutMs: 0 }, 'checkTimeoutMs: 0 (expected: > 0)'],
  [
    { checks: { 'two words': () => true } },
    'checks: "two words" (expected: names of 1 to 63 letters, digits, dots, dashes and underscores)',
  ],
  [
    { checks: { database: undefined as never } },
    'checks.database: undefined (expected: a function, or an object with run)',
  ],
  [{ checks: { database: { run: () => true, timeoutMs: -1 } } }, 'checks.database.timeoutMs: -1 (expected: > 0)'],
  [{ backlog: { inFlight: { above: 5, below: 5 } } }, 'backlog.inFlight.above: 5 (expected: > below, which is 5)'],
  [{ backlog: { loopLagMs: { above: 5, below: -1 } } }, 'backlog.loopLagMs.below: -1 (expected: >= 0)'],
  [{ exit: 'always' as never }, 'exit: "always" (expected: when-drained or never)'],
  [{ startup: 'now' as never }, 'startup: "now" (expected: listening or manual)'],
  [{ webSockets: 'keep' as never }, 'webSockets: "keep" (expected: close or application)'],
  [{ drainRoute: 'on' as never }, 'drainRoute: "on" (expected: off or own-port)'],
  [{ signals: { SIGTERM: 'exit' as never } }, 'signals.SIGTERM: "exit" (expected: drain or drain-now)'],
])('%o is refused by name', (options, text) => {
  const thrown = (() => {
    try {
      return settle(options)
    } catch (error) {
      return error
    }
  })()
  expect(EvenkeelError.is(thrown) ? thrown.code : thrown).toBe('EVENKEEL_INVALID_OPTION')
  expect((thrown as Error).message).toContain(text)
})
