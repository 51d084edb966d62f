import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../testing/planted-checkout.ts'
import { Checkout } from './checkout.ts'

let planted: PlantedCheckout

beforeEach(() => {
  planted = plantedCheckout({})
})

afterEach(() => planted[Symbol.dispose]())

test('what is installed, built or hidden is not listed', () => {
  for (const path of ['README.md', 'node_modules/a.md', 'packages/core/dist/a.js', '.turbo/a.md', 'docs/coverage/a.md'])
    planted.plant(path, '')
  expect(new Checkout(planted.root).files).toEqual(['README.md'])
})

test('workspaces are the folders of packages and apps, and tooling where there is one', () => {
  for (const path of ['packages/core/a', 'packages/README.md', 'apps/demo/src/a.ts']) planted.plant(path, '')
  expect(new Checkout(planted.root).workspaces).toEqual(['packages/core', 'apps/demo'])
  planted.plant('tooling/src/a.ts', '')
  expect(new Checkout(planted.root).workspaces).toEqual(['packages/core', 'apps/demo', 'tooling'])
})

test('sources are code below src; tests, type tests and benches are none', () => {
  for (const name of ['a.ts', 'in/b.js', 'a.test.ts', 'a.test-d.ts', 'a.bench.ts', 'a.json'])
    planted.plant(`packages/core/src/${name}`, '')
  planted.plant('packages/core/tsup.config.ts', '')
  expect(new Checkout(planted.root).sources('packages/core')).toEqual([
    'packages/core/src/a.ts',
    'packages/core/src/in/b.js',
  ])
})
