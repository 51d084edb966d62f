import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { fileSize } from './file-size.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
})

afterEach(() => checkout[Symbol.dispose]())

test('a source file ends at 300 lines, a test need not; in packages, apps and tooling alike', () => {
  for (let index = 0; index < 3; index++) checkout.plant(`packages/core/src/short-${index}.ts`, '')
  checkout.plant('packages/core/src/long.test.ts', '\n'.repeat(301))
  checkout.plant('packages/core/src/long.ts', '\n'.repeat(300))
  expect(complaintsOf(checkout.root, [fileSize])).toEqual([])
  for (const folder of ['packages/core', 'apps/demo', 'tooling'])
    checkout.plant(`${folder}/src/long.ts`, '\n'.repeat(301))
  expect(complaintsOf(checkout.root, [fileSize])).toEqual([
    'packages/core/src/long.ts: 301 lines (expected: <= 300)',
    'apps/demo/src/long.ts: 301 lines (expected: <= 300)',
    'tooling/src/long.ts: 301 lines (expected: <= 300)',
  ])
})

test('half of the files of a package have at most 100 lines', () => {
  checkout.plant('packages/core/src/one.ts', '\n'.repeat(250))
  checkout.plant('packages/core/src/two.ts', '\n'.repeat(100))
  checkout.plant('packages/core/src/three.ts', '\n'.repeat(50))
  expect(complaintsOf(checkout.root, [fileSize])).toEqual([])
  checkout.plant('packages/core/src/two.ts', '\n'.repeat(101))
  expect(complaintsOf(checkout.root, [fileSize])).toEqual(['packages/core/src: median of 101 lines (expected: <= 100)'])
})
