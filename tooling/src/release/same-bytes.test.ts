import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkSameBytes, type Packed, sha256 } from './same-bytes.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'same-bytes-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('two builds of the same bytes pass', () => {
  expect(checkSameBytes([packed('first', 'a')], [packed('second', 'a')])).toEqual({ ok: true, output: '' })
})

test('a file that differs is named', () => {
  expect(checkSameBytes([packed('first', 'a')], [packed('second', 'b')])).toEqual({
    ok: false,
    output: '@evenkeel/core: two builds differ in dist/index.js (expected: the same bytes)',
  })
})

test('an archive that differs although its files do not is not let through', () => {
  const second = packed('second', 'a')
  writeFileSync(second.path, 'packed at another time')
  expect(checkSameBytes([packed('first', 'a')], [second])).toEqual({
    ok: false,
    output:
      '@evenkeel/core: two builds differ in the order, times or compression of their files (expected: the same bytes)',
  })
})

test('a package that only one build has is an error', () => {
  expect(checkSameBytes([packed('first', 'a')], [])).toEqual({
    ok: false,
    output: '@evenkeel/core: packed by one build only (expected: by both)',
  })
})

test('a checksum is that of sha256sum', () => {
  const { path } = packed('first', '')
  writeFileSync(path, 'abc')
  expect(sha256(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

function packed(build: string, code: string): Packed {
  const contents = join(directory, build, 'package')
  mkdirSync(join(contents, 'dist'), { recursive: true })
  writeFileSync(join(contents, 'dist/index.js'), code)
  const path = join(directory, build, 'core.tgz')
  writeFileSync(path, code)
  return { name: '@evenkeel/core', path, contents }
}
