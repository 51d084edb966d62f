import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { functionLength } from './function-length.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
})

afterEach(() => checkout[Symbol.dispose]())

const path = 'packages/core/src/one.ts'

test('a function of 40 lines passes, one of 41 is red', () => {
  checkout.plant(path, `\nfunction fit() {${'\n'.repeat(39)}}\n`)
  expect(complaintsOf(checkout.root, [functionLength({})])).toEqual([])
  checkout.plant(path, `\nfunction long() {${'\n'.repeat(40)}}\n`)
  expect(complaintsOf(checkout.root, [functionLength({})])).toEqual([`${path}:2: long has 41 lines (expected: <= 40)`])
})

const body = `{${'\n'.repeat(40)}}`

test.each([
  [`class Peer { pick() ${body} }`, 'Peer.pick'],
  [`class Peer { #pick() ${body} }`, 'Peer.pick'],
  [`class Peer { constructor() ${body} }`, 'Peer.constructor'],
  [`class Peer { get size() ${body} }`, 'Peer.size'],
  [`const pick = () => ${body}`, 'pick'],
  [`const all = { pick() ${body} }`, 'all.pick'],
  [`function outer() { return () => ${body} }`, 'outer.callback'],
  [`const all = { pick: () => ${body} }`, 'all.pick'],
  [`const pick = wrap(() => ${body})`, 'pick.callback'],
  [`test('a title', () => ${body})`, 'callback'],
])('functions of every kind are measured by name: %s', (text, name) => {
  checkout.plant(path, text)
  expect(complaintsOf(checkout.root, [functionLength({})])).toContain(
    `${path}:1: ${name} has 41 lines (expected: <= 40)`,
  )
})

test('an exception holds as long as the function neither grows nor shrinks', () => {
  checkout.plant(path, `function long() ${body}`)
  expect(complaintsOf(checkout.root, [functionLength({ [`${path}#long`]: 41 })])).toEqual([])
  expect(complaintsOf(checkout.root, [functionLength({ [`${path}#long`]: 45 })])).toEqual([
    `${path}:1: long has 41 lines (expected: an exception of 41 instead of 45)`,
  ])
  checkout.plant(path, `function long() {${'\n'.repeat(50)}}`)
  expect(complaintsOf(checkout.root, [functionLength({ [`${path}#long`]: 41 })])).toEqual([
    `${path}:1: long has 51 lines (expected: <= 41)`,
  ])
})

test('an exception for a function that is short or gone is red', () => {
  checkout.plant(path, 'function long() {}')
  expect(complaintsOf(checkout.root, [functionLength({ [`${path}#long`]: 41 })])).toEqual([
    `${path}#long: an exception of 41 lines (expected: none: the function is short by now or gone)`,
  ])
})
