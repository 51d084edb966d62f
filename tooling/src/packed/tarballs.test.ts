import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../testing/planted-checkout.ts'
import { checkManifest, checkPublished, type Manifest, type Tarball } from './tarballs.ts'

const root = join(import.meta.dirname, '../../..')
const planted: PlantedCheckout[] = []
afterEach(() => {
  for (const checkout of planted.splice(0)) checkout[Symbol.dispose]()
})

const good: Manifest = {
  name: '@evenkeel/fake',
  version: '1.0.0',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  peerDependencies: { '@evenkeel/core': '1.0.0' },
}
const goodFiles = {
  LICENSE: 'free',
  'README.md': '# fake',
  'dist/index.js': 'exports.one = 1\n',
  'dist/index.d.ts': 'export declare const one: number\n',
}

const { LICENSE: _, ...withoutLicence } = goodFiles

function unpacked(manifest: Partial<Manifest>, files: Readonly<Record<string, string>> = goodFiles): Tarball {
  const all = { ...good, ...manifest }
  const checkout = plantedCheckout({ ...files, 'package.json': { ...all, type: 'commonjs', license: 'Apache-2.0' } })
  planted.push(checkout)
  return { name: all.name, path: '', contents: checkout.root, entries: [all.name], manifest: all }
}

test('a tarball that needs nothing that a user does not have is accepted', () => {
  expect(checkManifest(unpacked({}))).toEqual({ ok: true, output: '' })
})

test.each([
  [
    'the condition source',
    unpacked.bind(undefined, { exports: { '.': { source: './src/index.ts' } } }),
    'exports still have the condition `source`',
  ],
  ['a dependency', unpacked.bind(undefined, { dependencies: { 'left-pad': '1.0.0' } }), 'has dependencies'],
  [
    'an optional dependency',
    unpacked.bind(undefined, { optionalDependencies: { fsevents: '2.0.0' } }),
    'has optional dependencies',
  ],
  ['core as no peer', unpacked.bind(undefined, { peerDependencies: {} }), 'core is not a peer'],
  ['core with a peer', unpacked.bind(undefined, { name: '@evenkeel/core' }), 'core has a peer'],
  ['no licence', unpacked.bind(undefined, {}, withoutLicence), 'LICENSE is missing'],
  ['a test', unpacked.bind(undefined, {}, { ...goodFiles, 'src/index.test.ts': '' }), 'tests are packed'],
  [
    'undici before our guard',
    unpacked.bind(
      undefined,
      {},
      {
        ...goodFiles,
        'dist/undici-before.js': '',
        'dist/index.js': "import 'undici'\nimport './undici-before.js'\n",
        'dist/cjs/index.js': "var a = require('./undici-before.js')\n",
      },
    ),
    'undici-before.js is not the first import',
  ],
])('%s is refused', (_, made, complaint) => {
  const { ok, output } = checkManifest(made())
  expect(ok).toBe(false)
  expect(output).toContain(complaint)
  expect(output.split('\n')).toHaveLength(1)
})

test('a tarball whose entry was not packed is refused by the checkers of the ecosystem, a good one is not', () => {
  const pack = (tarball: Tarball): Tarball => {
    const name = execFileSync('npm', ['pack', '--silent'], { cwd: tarball.contents, encoding: 'utf8' }).trim()
    return { ...tarball, path: join(tarball.contents, name) }
  }
  expect(checkPublished(root, pack(unpacked({}))).ok).toBe(true)
  const { ok, output } = checkPublished(
    root,
    pack(unpacked({ exports: { '.': { types: './dist/index.d.ts', default: './dist/gone.js' } } })),
  )
  expect(ok).toBe(false)
  expect(output).toContain('dist/gone.js')
})
