import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
let directory = ''

/** The manifests and tags of this repository, with a planted file or dependency instead of the sources. */
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'boundaries-'))
  for (const name of ['package.json', 'package-lock.json', 'turbo.json'])
    cpSync(join(root, name), join(directory, name))
  for (const path of globSync(['packages/*', 'apps/*', 'tooling'], { cwd: root })) {
    mkdirSync(join(directory, path, 'src'), { recursive: true })
    for (const name of ['package.json', 'turbo.json']) cpSync(join(root, path, name), join(directory, path, name))
    writeFileSync(join(directory, path, 'src/index.ts'), 'export {}\n')
  }
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('the repository as it is declared keeps its boundaries', () => {
  expect(boundaries()).toMatchObject({ status: 0 })
})

test.each([
  ['packages/core', "import '@evenkeel/probes'"],
  ['packages/probes', "import '@evenkeel/http-transport'"],
  ['packages/testkit', "import '../../../apps/demo/src/index.ts'"],
  ['packages/core', "import 'undici'"],
])('%s cannot import what it does not declare or own: %s', (path, code) => {
  writeFileSync(join(directory, path, 'src/planted.ts'), `${code}\n`)
  expect(boundaries().status).toBe(1)
})

test.each([
  ['packages/core', '@evenkeel/testkit'],
  ['packages/probes', '@evenkeel/http-transport'],
  ['packages/testkit', '@evenkeel/probes'],
  ['packages/http-transport', '@evenkeel/probes'],
  ['packages/probes', '@evenkeel/demo'],
  ['apps/bench', '@evenkeel/demo'],
])('%s cannot even declare %s', (path, name) => {
  const file = join(directory, path, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.devDependencies = { ...manifest.devDependencies, [name]: manifest.version }
  writeFileSync(file, JSON.stringify(manifest))
  const { status, output } = boundaries()
  expect(output).toContain('tag')
  expect(status).toBe(1)
})

function boundaries(): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/turbo'), ['boundaries', '--no-color'], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })
  return { status, output: stdout + stderr }
}
