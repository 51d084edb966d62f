import { expect, test } from 'vitest'
import { chooseKinds, kinds } from './kinds.ts'
import { asCommonJs, asJavaScript, visiting } from './program.ts'

test('no two kinds have one name, and a name is that of a folder', () => {
  const names = kinds.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z0-9.-]+$/)
})

test('every commit is tried with each version of TypeScript and each resolution that is current', () => {
  const names = chooseKinds([], 'commit').map(({ name }) => name)
  for (const part of ['-5.4-', '-5.9-', '-7-', '-node16', '-nodenext', '-bundler'])
    expect(names.filter((name) => name.startsWith('typescript') && name.includes(part))).toHaveLength(1)
})

test('every night is tried with all', () => {
  expect(chooseKinds([], 'all')).toEqual(kinds)
})

test('kinds are chosen by name, and an unknown name is refused with the known ones', () => {
  expect(chooseKinds(['next-16', 'esm'], 'commit').map(({ name }) => name)).toEqual(['esm', 'next-16'])
  expect(() => chooseKinds(['deno'], 'commit')).toThrow('--kind deno (expected: one of esm, commonjs, node-22.19.0')
})

test.each(kinds.filter(({ says }) => says === undefined))('$name is tried with the program', (kind) => {
  const texts = Object.values(kind.files({ text: 'export function visit(): void {} // planted\n', says: 'done' }))
  expect(texts.some((text) => text.includes('// planted'))).toBe(true)
})

test('the program without types is an ES module still', () => {
  const text = asJavaScript(visiting.text)
  expect(text).toContain("from '@evenkeel/core'")
  expect(text).toContain('export async function visit()')
  expect(text).not.toContain(': Promise<string>')
})

test('the program as CommonJS has neither import nor export left', () => {
  const text = asCommonJs(visiting.text)
  expect(text).not.toMatch(/^(import|export) /m)
  expect(text).toMatch(/const \{ EvenkeelError,[^}]*\} = require\('@evenkeel\/core'\)/)
  expect(text).toContain('module.exports = { visit }')
})
