import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { decisions } from './decisions.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant('decisions/README.md', row)
  checkout.plant(file, record)
})

afterEach(() => checkout[Symbol.dispose]())

const file = 'decisions/2026-11-24-one-way.md'
const index = 'decisions/README.md'
const row = '| 2026-11-24 | [One way](2026-11-24-one-way.md) | accepted |'
const record = '# One way\n\nStatus: accepted, 2026-11-24\n'

test('a record with title, status and a row in the index passes', () => {
  expect(complaintsOf(checkout.root, [decisions])).toEqual([])
})

test.each([
  ['no status', '# One way\n', `${file}: no status (expected: a line \`Status: accepted, YYYY-MM-DD\`)`],
  [
    'no date of the status',
    '# One way\n\nStatus: accepted\n',
    `${file}: no status (expected: a line \`Status: accepted, YYYY-MM-DD\`)`,
  ],
  ['no title', 'Status: accepted, 2026-11-24\n', `${file}: no title (expected: # and the decision in a line)`],
  [
    'another status',
    record.replace('accepted', 'replaced'),
    `${index}: ${row} (expected: ${row.replace('accepted', 'replaced')})`,
  ],
  ['another title', record.replace('One', 'No'), `${index}: ${row} (expected: ${row.replace('One', 'No')})`],
])('a record with %s is red', (_, text, complaint) => {
  checkout.plant(file, text)
  expect(complaintsOf(checkout.root, [decisions])).toEqual([complaint])
})

test('a name without a date is red', () => {
  checkout.plant('decisions/two-ways.md', record)
  expect(complaintsOf(checkout.root, [decisions])).toEqual([
    'decisions/two-ways.md: the name two-ways.md (expected: YYYY-MM-DD-title.md)',
  ])
})

test('a record that the index does not name is red', () => {
  checkout.plant(index, '# Decisions\n')
  expect(complaintsOf(checkout.root, [decisions])).toEqual([
    `${index}: no row for 2026-11-24-one-way.md (expected: ${row})`,
  ])
})
