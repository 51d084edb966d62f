import { expect, test } from 'vitest'
import { kept } from './keep-result.ts'

const environment = { node: 'v24.0.0', cpu: 'cpu', cores: 2, commit: 'abc' }

test('a kept result has the command that makes it, and is without the figures that no document shows', () => {
  const printed = { checks: [], environment, figures: { seed: 1, attemptsPerSecond: [1, 2, 3] } }
  expect(kept('demo', printed)).toEqual({
    command: 'npm run demo -- --json',
    environment,
    checks: [],
    figures: { seed: 1 },
  })
})

test('a name that no program stands for is refused', () => {
  expect(() => kept('demos', { checks: [], environment, figures: {} })).toThrow('demos (expected: demo, ')
})
