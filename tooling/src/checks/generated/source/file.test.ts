import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { checkGenerated } from '../../generated.ts'
import { generate } from './file.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({ 'packages/near/role.yaml': 'kind: Role\n' })
})

afterEach(() => checkout[Symbol.dispose]())

test('a file is shown as it is', () => {
  expect(show('packages/near/role.yaml')).toBe('```yaml\nkind: Role\n```')
})

test('a page that shows what the file was is stale', async () => {
  const shown = show('packages/near/role.yaml')
  checkout.plant(
    'README.md',
    `<!-- generated: file packages/near/role.yaml -->\n\n${shown}\n\n<!-- end generated -->\n`,
  )
  expect(await checkGenerated(checkout.root)).toEqual({ ok: true, output: '' })
  checkout.plant('packages/near/role.yaml', 'kind: ClusterRole\n')
  expect((await checkGenerated(checkout.root)).output).toContain(
    'README.md:1: block `file packages/near/role.yaml`: stale',
  )
})

test.each([[[]], [['packages/near/gone.yaml']]])('what is no file is named: %j', (parameters) => {
  expect(() => generate({ root: checkout.root, parameters })).toThrow('(expected: a file, from the root)')
})

function show(path: string): string | Promise<string> {
  return generate({ root: checkout.root, parameters: [path] })
}
