import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { build, checks, mending } from './checks.ts'

test.each(checks)('$name has a test that plants what it refuses', ({ planted }) => {
  expect(existsSync(join(import.meta.dirname, planted)), `${planted} is missing`).toBe(true)
})

test('every step has a name of its own and comes after one that is earlier', () => {
  for (const steps of [[build, ...checks], mending]) {
    const names = steps.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, after } of steps)
      if (after !== undefined) expect(names.indexOf(after)).toBeLessThan(names.indexOf(name))
  }
})
