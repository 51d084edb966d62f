import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../testing/planted-checkout.ts'
import { checkConventions, mendConventions } from './conventions.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant('apps/demo/src/main.ts', '')
})

afterEach(() => checkout[Symbol.dispose]())

test('a checkout without complaints passes', () => {
  expect(checkConventions(checkout.root)).toEqual({ ok: true, output: '' })
})

test('the complaints of all rules are said at once, each with its file and what was expected', () => {
  checkout.plant('README.md', '[gone](gone.md)')
  checkout.plant('decisions/one.md', '')
  checkout.plant('apps/demo/src/longFile.ts', '\n'.repeat(301))
  expect(checkConventions(checkout.root)).toEqual({
    ok: false,
    output: [
      'apps/demo/src/longFile.ts: the name longFile.ts (expected: kebab-case)',
      'apps/demo/src/longFile.ts: 301 lines (expected: <= 300)',
      'decisions/one.md: the name one.md (expected: YYYY-MM-DD-title.md)',
      'README.md:1: a link to gone.md (expected: a file or folder of the repository)',
    ].join('\n'),
  })
})

test('every rule has a part in it: an empty package breaks those of packages', () => {
  checkout.plant('packages/core/package.json', '{}')
  checkout.plant('packages/core/README.md', '# core\n')
  checkout.plant('packages/core/src/load/one.ts', `export const one = () => {${'\n'.repeat(150)}}`)
  for (let index = 0; index < 13; index++) checkout.plant(`packages/core/src/part-${index}.ts`, '\n'.repeat(101))
  const { output } = checkConventions(checkout.root)
  for (const part of [
    'no turbo.json',
    'no version',
    'no budget',
    'no sections',
    'median of 101 lines',
    '13 source files',
    'one has 151 lines',
    'one without a docstring',
    'no test',
  ])
    expect(output).toContain(part)
})

test('exceptions that are larger than needed are mended, others stay', () => {
  const path = 'tooling/src/checks/conventions/budgets.json'
  checkout.plant('apps/demo/src/main.ts', `function main() {${'\n'.repeat(44)}}`)
  checkout.plant(
    path,
    JSON.stringify({ packages: {}, longFunctions: { 'apps/demo/src/main.ts#main': 50 }, undocumentedMembers: {} }),
  )
  expect(checkConventions(checkout.root).ok).toBe(false)
  expect(mendConventions(checkout.root)).toEqual({ ok: true, output: '' })
  checkout.plant('apps/demo/src/main.ts', `function main() {${'\n'.repeat(45)}}`)
  expect(mendConventions(checkout.root).output).toBe('apps/demo/src/main.ts:1: main has 46 lines (expected: <= 45)')
})
