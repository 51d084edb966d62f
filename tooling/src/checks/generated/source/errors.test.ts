import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { generate } from './errors.ts'

const row = (means: string): string => `{ means: '${means}', faults: ['caller'], fates: ['answered'], next: 'look' }`
const errors = `
export const errorCodes: unknown = {
  EVENKEEL_A: ${row('it is a')}, EVENKEEL_B: ${row('it is b')}, EVENKEEL_C: { means: 'it is c', faults: [], fates: [], next: 'c' },
}
export class EvenkeelError extends Error { constructor(code: string) { super(errorCodes[code]) } }
export function makeB(): EvenkeelError { return new EvenkeelError(codes.b) }
export function throwing(): void { throw new EvenkeelError('EVENKEEL_C') }
const codes = { b: 'EVENKEEL_B' }
`
let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({
    'packages/core/package.json': { name: '@evenkeel/core' },
    'packages/core/src/errors.ts': errors,
    'packages/thing/package.json': { name: '@evenkeel/thing' },
    'packages/thing/src/thing.ts': `
import { EvenkeelError, errorCodes, throwing } from '@evenkeel/core'
// EVENKEEL_B is not raised by a comment
export const raise = (): Error => new EvenkeelError('EVENKEEL_A')
`,
  })
})

afterEach(() => checkout[Symbol.dispose]())

test('the page has a row per code with meaning, fault, fate, next step and who raises it', () => {
  expect(String(page()).split('\n').slice(2)).toEqual([
    '| `EVENKEEL_A` | it is a | caller | `answered` | look | thing |',
    '| `EVENKEEL_B` | it is b | caller | `answered` | look | core |',
    '| `EVENKEEL_C` | it is c |  | no request | c | core |',
  ])
})

test('a package raises what its code names, and not what core throws of its own', () => {
  expect(page('packages/thing')).toBe('`EVENKEEL_A`.')
})

test('a package raises what a function of core makes for it, and what it promises to throw', () => {
  checkout.plant(
    'packages/thing/src/more.ts',
    "import { makeB } from '@evenkeel/core'\n/** @throws EvenkeelError `EVENKEEL_C` */\nexport const more = (): Error => makeB()\n",
  )
  expect(page('packages/thing')).toBe('`EVENKEEL_A`, `EVENKEEL_B`, `EVENKEEL_C`.')
})

test('a row that lacks something is named', () => {
  checkout.plant('packages/core/src/errors.ts', errors.replace(", next: 'c'", ''))
  expect(() => page()).toThrow('errorCodes.EVENKEEL_C (expected: means, faults, fates and next)')
})

test('a table that would have to be run is refused', () => {
  checkout.plant('packages/core/src/errors.ts', errors.replace("next: 'c'", 'next: make()'))
  expect(() => page()).toThrow('CallExpression (expected: a value that is written out)')
})

test('a core without a table is refused', () => {
  checkout.plant('packages/core/src/errors.ts', 'export const others = 1\n')
  expect(() => page()).toThrow('no table errorCodes')
})

function page(...parameters: readonly string[]): string | Promise<string> {
  return generate({ root: checkout.root, parameters })
}
