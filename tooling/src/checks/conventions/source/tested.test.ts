import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { tested } from './tested.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant('packages/core/src/choosing/policy/random.ts', 'export function random(): void {}')
})

afterEach(() => checkout[Symbol.dispose]())

const file = 'packages/core/src/choosing/policy/random.ts'
const complaint = `${file}: no test (expected: random.test.ts beside it, or laws that name what it exports)`

test('what decides is red without a test', () => {
  expect(complaintsOf(checkout.root, [tested])).toEqual([complaint])
})

test.each(['policy', 'guard', 'chooser', 'load', 'resolver', 'narrowing'])('so it is in a folder %s', (room) => {
  rmSync(join(checkout.root, 'packages/core/src/choosing'), { recursive: true })
  checkout.plant(`packages/core/src/${room}/one.ts`, '')
  expect(complaintsOf(checkout.root, [tested])).toHaveLength(1)
})

test('a test beside it will do', () => {
  checkout.plant('packages/core/src/choosing/policy/random.test.ts', '')
  expect(complaintsOf(checkout.root, [tested])).toEqual([])
})

test('a test of the room that imports it will do, one that does not will not', () => {
  checkout.plant('packages/core/src/choosing/policy/other.test.ts', "import { other } from './other.ts'")
  expect(complaintsOf(checkout.root, [tested])).toEqual([complaint])
  checkout.plant('packages/core/src/choosing/policy/other.test.ts', "import { random } from './random.ts'")
  expect(complaintsOf(checkout.root, [tested])).toEqual([])
})

test('the laws that name what it exports will do; a test that only names it will not', () => {
  checkout.plant('packages/testkit/src/policies.test.ts', 'for (const law of policyLaws(() => randomly())) {}')
  expect(complaintsOf(checkout.root, [tested])).toEqual([complaint])
  checkout.plant('packages/testkit/src/policies.test.ts', 'random()')
  expect(complaintsOf(checkout.root, [tested])).toEqual([complaint])
  checkout.plant('packages/testkit/src/policies.test.ts', 'for (const law of policyLaws(() => random())) {}')
  expect(complaintsOf(checkout.root, [tested])).toEqual([])
})

test('a part of a tested sibling needs no test of its own, a part of one without does', () => {
  const part = 'packages/core/src/choosing/policy/part.ts'
  checkout.plant('packages/core/src/choosing/policy/random.test.ts', '')
  checkout.plant(part, 'export const part = 1')
  expect(complaintsOf(checkout.root, [tested])).toHaveLength(1)
  checkout.plant(file, "import { part } from './part.ts'")
  expect(complaintsOf(checkout.root, [tested])).toEqual([])
  rmSync(join(checkout.root, 'packages/core/src/choosing/policy/random.test.ts'), { recursive: true })
  expect(complaintsOf(checkout.root, [tested])).toHaveLength(2)
})
