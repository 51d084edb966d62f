import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { generate } from './guides.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({
    'docs/README.md': '# Index\n',
    'docs/one.md': '# One\n\nThe [first](x.md) of\nall. And more.\n',
    'docs/deep/two.md': '# Two\n\n| a table |\n|---|\n',
  })
})

afterEach(() => checkout[Symbol.dispose]())

test('each page has a row with its title and its first sentence', () => {
  expect(guides('docs')).toBe(
    ['| page | begins with |', '|---|---|', '| [Two](deep/two.md) |  |', '| [One](one.md) | The first of all. |'].join(
      '\n',
    ),
  )
})

test('a page without a title is named, and so is a folder without pages', () => {
  checkout.plant('docs/one.md', 'text\n')
  expect(() => guides('docs')).toThrow('docs/one.md has no title')
  expect(() => guides('guides')).toThrow('guides has no pages')
})

function guides(folder: string): string | Promise<string> {
  return generate({ root: checkout.root, parameters: [folder] })
}
