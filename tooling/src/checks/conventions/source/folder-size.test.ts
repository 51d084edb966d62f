import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { folderSize } from './folder-size.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
})

afterEach(() => checkout[Symbol.dispose]())

test('the thirteenth source file of a folder is one too many; tests and other folders do not count', () => {
  for (let index = 1; index <= 12; index++) checkout.plant(`packages/core/src/room/part-${index}.ts`, '')
  checkout.plant('packages/core/src/room/part-1.test.ts', '')
  checkout.plant('packages/core/src/room/inner/part.ts', '')
  expect(complaintsOf(checkout.root, [folderSize])).toEqual([])
  checkout.plant('packages/core/src/room/part-13.ts', '')
  expect(complaintsOf(checkout.root, [folderSize])).toEqual([
    'packages/core/src/room: 13 source files (expected: <= 12)',
  ])
})
