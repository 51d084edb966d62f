import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../testing/planted-checkout.ts'
import { lowerBudgets, readBudgets } from './budgets.ts'

const path = 'tooling/src/checks/conventions/budgets.json'
const packages = { 'packages/core': { dependencies: 0, packedKb: 1 } }
let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant(
    path,
    JSON.stringify({ packages, longFunctions: { 'a#b': 50, 'a#c': 60 }, undocumentedMembers: { a: 2 } }),
  )
})

afterEach(() => checkout[Symbol.dispose]())

test('budgets are lowered to what is there and taken away where they are not needed', () => {
  lowerBudgets(checkout.root, { longFunctions: { 'a#b': 45 }, undocumentedMembers: {} })
  expect(readBudgets(checkout.root)).toEqual({ packages, longFunctions: { 'a#b': 45 }, undocumentedMembers: {} })
})

test('nothing is raised or added, and a table that fits is left as it is', () => {
  const before = readFileSync(join(checkout.root, path), 'utf8')
  lowerBudgets(checkout.root, {
    longFunctions: { 'a#b': 55, 'a#c': 60, 'a#d': 70 },
    undocumentedMembers: { a: 9, b: 1 },
  })
  expect(readFileSync(join(checkout.root, path), 'utf8')).toBe(before)
})
