import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { packageFiles } from './files.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  for (const name of [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'tsup.config.ts',
    'turbo.json',
    'README.md',
    'api.md',
  ])
    checkout.plant(`packages/core/${name}`, '')
  checkout.plant('packages/core/src/index.ts', '')
})

afterEach(() => checkout[Symbol.dispose]())

test('a package of the common files passes, with what only some have', () => {
  expect(complaintsOf(checkout.root, [packageFiles])).toEqual([])
  for (const name of ['CHANGELOG.md', 'programs/one.ts', 'src/other.ts', 'dist/index.js'])
    checkout.plant(`packages/core/${name}`, '')
  expect(complaintsOf(checkout.root, [packageFiles])).toEqual([])
})

test.each(['README.md', 'api.md', 'turbo.json', 'src/index.ts'])('a package without %s is red', (name) => {
  rmSync(join(checkout.root, `packages/core/${name}`), { recursive: true })
  expect(complaintsOf(checkout.root, [packageFiles])).toEqual([
    `packages/core: no ${name} (expected: the same files in every package)`,
  ])
})

test('a file that other packages do not have is red', () => {
  checkout.plant('packages/core/vitest.config.ts', '')
  expect(complaintsOf(checkout.root, [packageFiles])).toEqual([
    'packages/core/vitest.config.ts: a file that no other package has (expected: the same files in every package)',
  ])
})
