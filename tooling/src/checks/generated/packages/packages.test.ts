import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { generate as arrow } from './arrow.ts'
import { generate as cost } from './cost.ts'
import { generate as packages } from './packages.ts'

const exports = { '.': { source: './src/index.ts' } }
const packed = { name: '@evenkeel/thing', packedBytes: 1_001, unpackedBytes: 12_345, files: 3 }
const result = { command: 'measure', environment: {}, checks: [], figures: { packages: [packed] } }
const thing = { name: '@evenkeel/thing', description: 'a thing', exports, peerDependencies: { '@evenkeel/core': '^1' } }
let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({
    'packages/core/package.json': { name: '@evenkeel/core', description: 'the core', exports },
    'packages/core/src/index.ts': 'export const one = 1\n',
    'packages/thing/package.json': thing,
    'packages/thing/src/index.ts': "import { one } from '@evenkeel/core'\nexport const two = one + 1\n",
    'apps/demo/package.json': { name: '@evenkeel/demo', dependencies: { '@evenkeel/thing': '1' } },
    'results/packages.json': result,
  })
})

afterEach(() => checkout[Symbol.dispose]())

test('a package has its description, its weight, its dependencies and what it works with', async () => {
  expect(await packages({ root: checkout.root, parameters: [] })).toContain(
    '| [`@evenkeel/thing`](packages/thing) | a thing | 1 kB | 0 | core |',
  )
})

test('a package that brings something says what', async () => {
  checkout.plant('packages/thing/package.json', { ...thing, dependencies: { leftpad: '1' } })
  expect(await packages({ root: checkout.root, parameters: [] })).toContain('| 1: leftpad | core |')
})

test('the cost is that of each entry and of the tarball', async () => {
  const text = await cost({ root: checkout.root, parameters: ['packages/thing'] })
  expect(text).toContain('| `@evenkeel/thing` | 1 kB | 1 kB |')
  expect(text).toContain('Packed 2 kB, installed 13 kB in 3 files')
  expect(text).toContain('Dependencies: none. Peers: `@evenkeel/core` ^1.')
})

test('a package that was not measured is named', async () => {
  checkout.plant('results/packages.json', { ...result, figures: { packages: [] } })
  await expect(cost({ root: checkout.root, parameters: ['packages/thing'] })).rejects.toThrow(
    'results/packages.json has no @evenkeel/thing',
  )
})

test('each package stands to the right of what it depends on', () => {
  expect(arrow({ root: checkout.root, parameters: [] })).toBe('```text\ncore  ◀──  thing  ◀──  apps/demo\n```')
})

test('a circle is named', () => {
  checkout.plant('packages/core/package.json', { name: '@evenkeel/core', peerDependencies: { '@evenkeel/thing': '1' } })
  expect(() => arrow({ root: checkout.root, parameters: [] })).toThrow(
    'a circle: packages/core → packages/thing → packages/core',
  )
})
