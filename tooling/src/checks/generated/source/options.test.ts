import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { checkGenerated, writeGenerated } from '../../generated.ts'
import { generate } from './options.ts'

const options = `
import type { Shared, Left } from '@evenkeel/core'
import type { Foreign } from 'elsewhere'
/** Common. */
interface Base {
  /** First line
   * and second. @defaultValue 10_000 */
  readonly waitMs?: number | undefined
}
/** Options of the thing. */
export interface ThingOptions extends Base, Omit<Shared, 'resolver'>, Foreign.Most {
  /** One or | other. @defaultValue 'one' */
  readonly mode?: 'one' | 'other'
  /** Called at the end. */
  readonly done: (report: string) => void
}
export type OtherOptions = Base & { /** Only here. @defaultValue as many as fit */ readonly most?: number }
interface HiddenOptions { /** Not exported. */ readonly secret: string }
`
let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({
    'packages/core/package.json': { name: '@evenkeel/core', exports: { '.': { source: './src/index.ts' } } },
    'packages/core/src/index.ts':
      'export interface Shared {\n/** Where from. */\nreadonly resolver: string\n/** Who. */\nreadonly self: string\n}\n',
    'packages/thing/package.json': { name: '@evenkeel/thing', exports: { '.': { source: './src/index.ts' } } },
    'packages/thing/src/index.ts': "export * from './options.ts'\n",
    'packages/thing/src/options.ts': options,
    'README.md': '<!-- generated: options packages/thing ThingOptions -->\n<!-- end generated -->\n',
  })
})

afterEach(() => checkout[Symbol.dispose]())

test('a table has every field, also inherited ones and those of another package, with type, default and meaning', () => {
  expect(optionsOf('packages/thing', 'ThingOptions')).toBe(
    [
      '| option | type | default | meaning |',
      '|---|---|---|---|',
      '| `waitMs` | `number` | `10000` | First line and second. |',
      '| `self` | `string` | required | Who. |',
      "| `mode` | `'one' \\| 'other'` | `'one'` | One or \\| other. |",
      '| `done` | `(report: string) => void` | required | Called at the end. |',
      '',
      'And those of `Foreign.Most`.',
    ].join('\n'),
  )
})

test('without a name every exported interface of options has a table, in the order of names', () => {
  expect([...String(optionsOf('packages/thing')).matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual([
    'OtherOptions',
    'ThingOptions',
  ])
})

test('an alias has the fields of what it joins', () => {
  expect(optionsOf('packages/thing', 'OtherOptions')).toContain('| `most` | `number` | as many as fit | Only here. |')
})

test('a docstring that was changed makes the table stale', async () => {
  await writeGenerated(checkout.root)
  expect(await checkGenerated(checkout.root)).toEqual({ ok: true, output: '' })
  checkout.plant('packages/thing/src/options.ts', options.replace('10_000', '20_000'))
  const { ok, output } = await checkGenerated(checkout.root)
  expect(ok).toBe(false)
  expect(output).toContain('README.md:1: block `options packages/thing ThingOptions`: stale in its line 3')
  expect(output).toContain('expected: | `waitMs` | `number` | `20000` | First line and second. |')
})

test('a field without a description is named with its file', async () => {
  checkout.plant('packages/thing/src/options.ts', options.replace('One or | other. ', ''))
  expect((await checkGenerated(checkout.root)).output).toContain(
    'packages/thing/src/options.ts: ThingOptions.mode has no description',
  )
})

test('an interface that does not exist is refused, and so is a folder that is no package', () => {
  expect(() => optionsOf('packages/thing', 'ThingsOptions')).toThrow(
    'has 0 declarations of ThingsOptions (expected: 1)',
  )
  expect(() => optionsOf('packages/things')).toThrow('packages/things (expected: a folder of packages/)')
})

function optionsOf(...parameters: readonly string[]): string | Promise<string> {
  return generate({ root: checkout.root, parameters })
}
