import { expect, test } from 'vitest'
import { fencesOf } from './fence.ts'

test('a fence has its words, its text and its line', () => {
  const { fences, problems } = fencesOf('# title\n\n```ts run\nconst one = 1\n```\n')
  expect(fences).toEqual([{ info: 'ts run', text: 'const one = 1\n', line: 3 }])
  expect(problems).toEqual([])
})

test('a fence in a list loses the indentation of its marks and keeps its own', () => {
  const { fences } = fencesOf('- item\n\n  ```js\n  if (one)\n    two()\n\n  ```\n')
  expect(fences[0]?.text).toBe('if (one)\n  two()\n\n')
})

test('shorter marks within longer ones belong to the text, and tildes are marks too', () => {
  const { fences } = fencesOf('````text\n```ts\n```\n````\n~~~sh\n```\n~~~\n')
  expect(fences).toEqual([
    { info: 'text', text: '```ts\n```\n', line: 1 },
    { info: 'sh', text: '```\n', line: 5 },
  ])
})

test('marks within a line of prose are none', () => {
  expect(fencesOf('as in ```ts``` here\n```ts``` there\n')).toEqual({ fences: [], problems: [] })
})

test('a fence without an end is a problem at its beginning', () => {
  const { problems } = fencesOf('one\n```ts\nconst two = 2\n')
  expect(problems).toEqual([{ line: 2, text: 'a fence without an end (expected: ``` on a line of its own)' }])
})

test('a fence in a quotation is a problem, since nobody would check it', () => {
  expect(fencesOf('> ```ts\n> const one: string = 1\n> ```\n').problems[0]?.text).toContain('in a quotation')
})
