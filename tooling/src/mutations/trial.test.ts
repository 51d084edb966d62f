import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../testing/planted-checkout.ts'
import type { Mutation } from './mutation.ts'
import { openTrial } from './trial.ts'

const source = 'packages/k8s-watch-resolver/src'
const mutation: Mutation = {
  rule: 'X-01',
  claim: 'one and one are two',
  broken: 'they are none',
  file: `${source}/sum.ts`,
  from: 'one + other',
  to: 'one - other',
  tests: [`${source}/sum.test.ts`],
}
// Each starts Vitest a few times.
const testTimeoutMs = 60_000
const sum = 'export const sum = (one: number, other: number): number => one + other\n'

test(
  'a broken rule that its test notices is caught, by the name of the test, and the checkout is as it was',
  async () => {
    using checkout = planted(sum, "test('X-01: one and one are two', () => expect(sum(1, 1)).toBe(2))")
    using trial = openTrial(checkout.root)
    expect(await trial.judge(mutation)).toEqual({
      kind: 'caught',
      test: `${source}/sum.test.ts: X-01: one and one are two`,
    })
    expect(readFileSync(join(checkout.root, mutation.file), 'utf8')).toBe(sum)
    // The copy is whole again, too.
    expect(await trial.judge({ ...mutation, to: 'other + one' })).toEqual({ kind: 'survived', tests: 1 })
  },
  testTimeoutMs,
)

test(
  'a broken rule that only the tests of others notice has survived',
  async () => {
    const tests =
      "test('X-01: nothing', () => expect(sum(0, 0)).toBe(0))\ntest('X-02: two', () => expect(sum(1, 1)).toBe(2))"
    using checkout = planted(sum, tests)
    using trial = openTrial(checkout.root)
    expect(await trial.judge(mutation)).toEqual({ kind: 'survived', tests: 1 })
  },
  testTimeoutMs,
)

test(
  'a text that is not there any more, or twice, is refused with the file and the text',
  async () => {
    using checkout = planted(sum, "test('X-01: two', () => expect(sum(1, 1)).toBe(2))")
    using trial = openTrial(checkout.root)
    const reasonOf = async (from: string): Promise<unknown> => trial.judge({ ...mutation, from })
    expect(await reasonOf('one * other')).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/sum\.ts: .* X-01 .* 0 times \(expected: once.*\n.*one \* other/),
    })
    expect(await reasonOf('other')).toMatchObject({ kind: 'refused', reason: expect.stringContaining('2 times') })
    const moved = { ...mutation, file: `${source}/moved.ts` }
    expect(await trial.judge(moved)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('moved.ts') })
  },
  testTimeoutMs,
)

test(
  'a rule without a test of its own, or with one that is red anyway, is refused',
  async () => {
    using without = planted(sum, "test('two', () => expect(sum(1, 1)).toBe(2))")
    using one = openTrial(without.root)
    expect(await one.judge(mutation)).toMatchObject({ reason: expect.stringContaining('no test of X-01') })
    using red = planted(sum, "test('X-01: three', () => expect(sum(1, 1)).toBe(3))")
    using other = openTrial(red.root)
    expect(await other.judge(mutation)).toMatchObject({ reason: expect.stringContaining('red before anything') })
  },
  testTimeoutMs,
)

test(
  'what does not run once it is broken is refused: a rule was not broken, the program was',
  async () => {
    using checkout = planted(sum, "test('X-01: two', () => expect(sum(1, 1)).toBe(2))")
    using trial = openTrial(checkout.root)
    expect(await trial.judge({ ...mutation, to: 'one +' })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('does not run any more'),
    })
  },
  testTimeoutMs,
)

/** A checkout with the package and nothing else; its modules are those of this one. */
function planted(program: string, tests: string): PlantedCheckout {
  const checkout = plantedCheckout({
    'package.json': { type: 'module' },
    'tsconfig.base.json': {},
    [`${source}/sum.ts`]: program,
    [`${source}/sum.test.ts`]: `import { expect, test } from 'vitest'\nimport { sum } from './sum.ts'\n${tests}\n`,
  })
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(checkout.root, 'node_modules'))
  return checkout
}
