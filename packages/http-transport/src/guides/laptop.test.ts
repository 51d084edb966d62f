/**
 * The unit tests of `docs/laptop.md`. The one of node:test is run by the check of the documents.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/laptop.md'), 'utf8')

/** The only fence of the language that contains the text. */
function fence(language: string, text: string): string {
  const fences = [...page.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms)].filter(
    ([, found, code = '']) => found === language && code.includes(text),
  )
  expect(fences).toHaveLength(1)
  return fences[0]?.[2] ?? ''
}

test('the program for Vitest is the one that Vitest runs here', () => {
  expect(fence('ts', `from 'vitest'`)).toBe(readFileSync(join(import.meta.dirname, 'unit-test.test.ts'), 'utf8'))
})

// With its names, as far as the program uses them: `test`, `expect` and `afterEach` do the same in both.
describe('the program for Jest', () => {
  const program = new Function('require', 'test', 'expect', 'afterEach', fence('cjs', 'afterEach('))
  program(createRequire(import.meta.url), test, expect, afterEach)
})
