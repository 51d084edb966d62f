import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkGenerated, writeGenerated } from './generated.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'generated-'))
  plant('results/small.json', JSON.stringify(result(17.25)))
  plant('README.md', page('checks small'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a rewritten page is up to date, and writing it again changes nothing', async () => {
  expect(await writeGenerated(root)).toEqual({ ok: true, output: 'written: README.md' })
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('| it is quick | 17.3 µs | <= 40 | ok |')
  expect(await checkGenerated(root)).toEqual({ ok: true, output: '' })
  expect(await writeGenerated(root)).toEqual({ ok: true, output: '' })
})

test('what stands around the blocks is left as it is', async () => {
  await writeGenerated(root)
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  expect(text.startsWith('# Title\n\nBefore.\n\n<!-- generated: checks small -->\n\n| claim')).toBe(true)
  expect(text.endsWith('commit abc.\n\n<!-- end generated -->\n\nAfter.\n')).toBe(true)
})

test('a figure that was changed by hand is named with file, block and line', async () => {
  await writeGenerated(root)
  plant('README.md', readFileSync(join(root, 'README.md'), 'utf8').replace('17.3', '7.3'))
  const { ok, output } = await checkGenerated(root)
  expect(ok).toBe(false)
  expect(output).toContain('README.md:5: block `checks small`: stale in its line 3')
  expect(output).toContain('is:       | it is quick | 7.3 µs | <= 40 | ok |')
  expect(output).toContain('expected: | it is quick | 17.3 µs | <= 40 | ok |')
})

test('a result that was measured again makes the page stale', async () => {
  await writeGenerated(root)
  plant('results/small.json', JSON.stringify(result(38)))
  expect((await checkGenerated(root)).output).toContain('expected: | it is quick | 38 µs | <= 40 | ok |')
})

test('a line too many and a line too few are stale', async () => {
  await writeGenerated(root)
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  plant('README.md', text.replace('| it is quick', '| it is new |\n| it is quick'))
  expect((await checkGenerated(root)).output).toContain('is:       | it is new |')
  plant('README.md', text.replace(/\nMeasured once.*\n/, ''))
  expect((await checkGenerated(root)).output).toContain('is:       (no line)')
})

test('an unknown block is named beside those that there are', async () => {
  plant('docs/guide.md', page('chekcs small'))
  await writeGenerated(root)
  const { ok, output } = await checkGenerated(root)
  expect(ok).toBe(false)
  expect(output).toMatch(/^docs\/guide\.md:5: block `chekcs small`: unknown \(expected: .*checks/)
})

test.each([
  ['left open at the end', '<!-- generated: checks small -->\n', 'line 1: the block `checks small` is left open'],
  [
    'left open before another',
    '<!-- generated: checks small -->\n<!-- generated: checks small -->\n<!-- end generated -->\n',
    'line 1: the block `checks small` is left open',
  ],
  ['never opened', '\n<!-- end generated -->\n', 'line 2: an end without a beginning'],
  [
    'misspelt',
    '<!-- generated checks small -->\n',
    'line 1: <!-- generated checks small --> (expected: <!-- generated:',
  ],
])('a block that is %s is named, and nothing of the file is rewritten', async (_, text, complaint) => {
  plant('packages/core/README.md', text)
  expect((await checkGenerated(root)).output).toContain(`packages/core/README.md: ${complaint}`)
  expect((await writeGenerated(root)).ok).toBe(false)
  expect(readFileSync(join(root, 'packages/core/README.md'), 'utf8')).toBe(text)
})

test('markers in a code fence are text', async () => {
  plant('CONTRIBUTING.md', '```md\n<!-- generated: nothing -->\n```\n')
  await writeGenerated(root)
  expect(await checkGenerated(root)).toEqual({ ok: true, output: '' })
})

test('a results file that is missing is named, and the block keeps what it has', async () => {
  await writeGenerated(root)
  const before = readFileSync(join(root, 'README.md'), 'utf8')
  rmSync(join(root, 'results/small.json'))
  const missing =
    'README.md:5: block `checks small`: results/small.json is missing (expected: a result; see results/README.md)'
  expect(await checkGenerated(root)).toEqual({ ok: false, output: missing })
  expect(await writeGenerated(root)).toEqual({ ok: false, output: missing })
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe(before)
})

test('a result without its command is refused', async () => {
  const { command: _, ...rest } = result(1)
  plant('results/small.json', JSON.stringify(rest))
  expect((await checkGenerated(root)).output).toContain('results/small.json: no `command`')
})

test('a check that the result does not have is named', async () => {
  plant('README.md', page('checks small fast'))
  expect((await checkGenerated(root)).output).toContain('results/small.json has no check fast (expected: small.quick)')
})

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function page(block: string): string {
  return `# Title\n\nBefore.\n\n<!-- generated: ${block} -->\n<!-- end generated -->\n\nAfter.\n`
}

function result(got: number): Readonly<Record<string, unknown>> {
  return {
    command: 'npm run small',
    environment: { node: 'v24.0.0', cpu: 'cpu', cores: 2, commit: 'abc' },
    checks: [{ id: 'small.quick', claim: 'it is quick', expected: '<= 40', got, unit: 'µs', ok: true }],
    figures: {},
  }
}
