import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { documented } from './documented.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant(
    'packages/core/package.json',
    JSON.stringify({ name: '@evenkeel/core', exports: { '.': { source: './src/index.ts' } } }),
  )
  checkout.plant('packages/core/src/index.ts', "export { type Peer, Live } from './peer.ts'\n")
})

afterEach(() => checkout[Symbol.dispose]())

const peer = 'packages/core/src/peer.ts'
const complete = `
/** One. */
export interface Peer {
  /** Its name. */
  readonly id: string
}
/** The one. */
export class Live extends Error implements Peer {
  readonly id: string
  #secret: number
  private hidden: number
  constructor(id: string) {}
  override toString(): string {}
  /** Whether. */
  is(one: string): boolean
  is(one: unknown): boolean {}
}
`

test('documented exports pass: what a base describes, private members, constructors and overloads need nothing more', () => {
  checkout.plant(peer, complete)
  expect(complaintsOf(checkout.root, [documented({})])).toEqual([])
})

test.each([
  ['interface Inner {}', 'Inner'],
  ['class Inner {}', 'Inner'],
  ['type Inner = string', 'Inner'],
  ['function inner(): void {}', 'inner'],
  ['const inner = 1', 'inner'],
])('an exported declaration without a docstring is red, also inside of the package: %s', (text, name) => {
  checkout.plant(peer, `${complete}// no docstring\nexport ${text}\n${text.replace(/nner/, 'nnermost')}\n`)
  expect(complaintsOf(checkout.root, [documented({})])).toEqual([
    `${peer}:${complete.split('\n').length + 1}: ${name} without a docstring (expected: what it is, its unit, its errors)`,
  ])
})

test.each([
  ['a field of an interface', 'readonly zone: string', 'Peer.zone'],
  ['a method of an interface', 'was(): boolean', 'Peer.was'],
])('%s that users can import is red without a docstring', (_, text, name) => {
  checkout.plant(peer, complete.replace('  readonly id: string\n}', `  readonly id: string\n  ${text}\n}`))
  expect(complaintsOf(checkout.root, [documented({})])).toEqual([
    `${peer}:6: ${name} without a docstring (expected: what it is, its unit, its errors)`,
  ])
})

test.each([
  ['a field of a class', 'readonly zone: string', 'Live.zone'],
  ['a method', 'was(): boolean {}', 'Live.was'],
  ['a getter', 'get size(): number {}', 'Live.size'],
  ['a static method', 'static make(): Live {}', 'Live.make'],
  ['a method with a symbol for a name', '[Symbol.dispose](): void {}', 'Live.dispose'],
])('%s that users can import is red without a docstring', (_, text, name) => {
  checkout.plant(peer, complete.replace('  #secret', `  ${text}\n  #secret`))
  expect(complaintsOf(checkout.root, [documented({})])).toEqual([
    `${peer}:10: ${name} without a docstring (expected: what it is, its unit, its errors)`,
  ])
})

test('members inside of the package have a budget by file, which neither grows nor is larger than needed', () => {
  checkout.plant(
    peer,
    `${complete}/** Inside. */\nexport interface Inner { readonly one: string; readonly two: string }\n`,
  )
  expect(complaintsOf(checkout.root, [documented({ [peer]: 2 })])).toEqual([])
  expect(complaintsOf(checkout.root, [documented({ [peer]: 1 })])).toEqual([
    `${peer}: 2 members without a docstring: Inner.one, Inner.two (expected: <= 1)`,
  ])
  expect(complaintsOf(checkout.root, [documented({ [peer]: 3 })])).toEqual([
    `${peer}: 2 members without a docstring: Inner.one, Inner.two (expected: a budget of 2 instead of 3)`,
  ])
  expect(complaintsOf(checkout.root, [documented({ [peer]: 2, 'packages/core/src/gone.ts': 1 })])).toEqual([
    'packages/core/src/gone.ts: 0 members without a docstring (expected: a budget of 0 instead of 1)',
  ])
})
