import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { packageBudget } from './budget.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant(
    'packages/core/package.json',
    '{ "dependencies": { "undici": "8.0.0" }, "optionalDependencies": { "one": "1.0.0" } }',
  )
})

afterEach(() => checkout[Symbol.dispose]())

test('as many dependencies as the budget has pass, one more is red with their names', () => {
  expect(complaintsOf(checkout.root, [packageBudget({ 'packages/core': { dependencies: 2, packedKb: 1 } })])).toEqual(
    [],
  )
  expect(complaintsOf(checkout.root, [packageBudget({ 'packages/core': { dependencies: 1, packedKb: 1 } })])).toEqual([
    'packages/core/package.json: 2 dependencies: undici, one (expected: <= 1)',
  ])
})

test('a package without a budget is red, and a budget without a package', () => {
  expect(complaintsOf(checkout.root, [packageBudget({ 'packages/gone': { dependencies: 0, packedKb: 1 } })])).toEqual([
    'packages/core: no budget (expected: a line in budgets.json)',
    'packages/gone: a budget without a package (expected: no line in budgets.json)',
  ])
})
