import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { readmeSections } from './readme-sections.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant('packages/core/package.json', '')
})

afterEach(() => checkout[Symbol.dispose]())

const sections = ['Install', 'When to use it', 'Options', 'Errors', 'Cost', 'Contract'].map((name) => `## ${name}`)
const all = sections.join(', ')

test('the sections in their order pass, with others below them and fences between', () => {
  write([...sections.slice(0, 1), '```md', '## Not a section', '```', '### Part', ...sections.slice(1)])
  expect(complaintsOf(checkout.root, [readmeSections])).toEqual([])
})

test('a section that is missing, one too many and another order are red', () => {
  write(sections.slice(1))
  expect(complaintsOf(checkout.root, [readmeSections])).toEqual([
    `packages/core/README.md: ${sections.slice(1).join(', ')} (expected: ${all})`,
  ])
  write([...sections, '## More'])
  expect(complaintsOf(checkout.root, [readmeSections])).toEqual([
    `packages/core/README.md: ${all}, ## More (expected: ${all})`,
  ])
  write(sections.toReversed())
  expect(complaintsOf(checkout.root, [readmeSections])).toHaveLength(1)
  write([])
  expect(complaintsOf(checkout.root, [readmeSections])).toEqual([
    `packages/core/README.md: no sections (expected: ${all})`,
  ])
})

test('the line after the 120th is one too many', () => {
  write([...sections, ...Array.from({ length: 114 }, () => 'text')])
  expect(complaintsOf(checkout.root, [readmeSections])).toEqual([])
  write([...sections, ...Array.from({ length: 115 }, () => 'text')])
  expect(complaintsOf(checkout.root, [readmeSections])).toEqual([
    'packages/core/README.md: 121 lines (expected: <= 120)',
  ])
})

function write(lines: readonly string[]): void {
  checkout.plant('packages/core/README.md', `${lines.join('\n')}\n`)
}
