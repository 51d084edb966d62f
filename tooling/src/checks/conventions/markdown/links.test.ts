import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { links } from './links.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant('README.md', '')
  checkout.plant(
    'docs/guide.md',
    '# The guide\n\n## When to use it, and `when not`\n\n## Twice\n\n## Twice\n\n```sh\n# no heading\n```\n',
  )
  checkout.plant('packages/core/src/index.ts', '')
})

afterEach(() => checkout[Symbol.dispose]())

test.each([
  '[a file](docs/guide.md) and [a folder](packages/core) and [one](packages/core/)',
  '[a heading](docs/guide.md#when-to-use-it-and-when-not), ![a picture](docs/guide.md)',
  '[the second](docs/guide.md#twice-1) [here](#here)\n\n# Here',
  '[by reference][one]\n\n[one]: docs/guide.md#the-guide "The guide"',
  '[elsewhere](https://example.invalid/none) [mail](mailto:one@example.invalid)',
  '`[code](none.md)` and <!-- [a comment](none.md) -->',
  '```md\n[a fence](none.md)\n```',
  '[anchor](#made)\n\n<a id="made"></a>',
])('links that lead somewhere pass: %s', (text) => {
  checkout.plant('README.md', text)
  expect(complaintsOf(checkout.root, [links])).toEqual([])
})

test.each([
  ['[a file](docs/gone.md)', 'docs/gone.md'],
  ['![a picture](docs/gone.svg)', 'docs/gone.svg'],
  ['<img src="docs/gone.svg">', 'docs/gone.svg'],
  ['[one]: docs/gone.md', 'docs/gone.md'],
  ['[outside](../other/README.md)', '../other/README.md'],
  ['[built](packages/core/dist/index.js)', 'packages/core/dist/index.js'],
])('a link to what is not there is red: %s', (text, target) => {
  checkout.plant('packages/core/dist/index.js', '')
  checkout.plant('README.md', `one\n\n${text}\n`)
  expect(complaintsOf(checkout.root, [links])).toEqual([
    `README.md:3: a link to ${target} (expected: a file or folder of the repository)`,
  ])
})

test.each(['docs/guide.md#gone', 'docs/guide.md#no-heading', 'docs/guide.md#twice-2'])(
  'a heading that is not there is red: %s',
  (target) => {
    checkout.plant('README.md', `[one](${target})`)
    expect(complaintsOf(checkout.root, [links])).toEqual([
      `README.md:1: a link to ${target} (expected: a heading of docs/guide.md: the-guide, when-to-use-it-and-when-not, twice, twice-1)`,
    ])
  },
)

test('a link is read from where it stands', () => {
  checkout.plant('docs/guide.md', '[up](../README.md) [beside](guide.md) [wrong](README.md)')
  expect(complaintsOf(checkout.root, [links])).toEqual([
    'docs/guide.md:1: a link to README.md (expected: a file or folder of the repository)',
  ])
})
