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

test('a bench has the command of its name, unless it says how it was called', () => {
  const printed = { checks: [], environment, figures: {} }
  expect(kept('bench-core', printed).command).toBe('npm run bench -- core --json')
  const command = 'npm run bench -- core --json --rounds 3'
  expect(kept('bench-core', { ...printed, command }).command).toBe(command)
})

test('a name that no program stands for is refused', () => {
  expect(() => kept('demos', { checks: [], environment, figures: {} })).toThrow('demos (expected: bench-… or demo, ')
})
