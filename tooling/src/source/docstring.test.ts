import { expect, test } from 'vitest'
import { parseDocstring } from './docstring.ts'

test('the text ends at the first tag, and each tag has its value', () => {
  const { text, tags } = parseDocstring(
    '* What it is\n * on two lines. @defaultValue 5\n * @throws one\n * @throws two\n ',
  )
  expect(text).toBe('What it is on two lines.')
  expect(tags.get('defaultValue')).toEqual(['5'])
  expect(tags.get('throws')).toEqual(['one', 'two'])
})

test('the name of a package is no tag', () => {
  expect(parseDocstring('* See @evenkeel/core. ').text).toBe('See @evenkeel/core.')
})

test('the items of a list keep their lines', () => {
  expect(parseDocstring('* Either:\n * - one,\n *   or so\n * - two').text).toBe('Either:\n- one, or so\n- two')
})
