import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { complaintsOf } from '../complaints.ts'
import { packageManifest } from './manifest.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({})
  checkout.plant('packages/core/src/index.ts', '')
  write({})
})

afterEach(() => checkout[Symbol.dispose]())

const entry = {
  source: './src/index.ts',
  'module-sync': { types: './dist/index.d.ts', default: './dist/index.js' },
  require: { types: './dist/cjs/index.d.ts', default: './dist/cjs/index.js' },
  types: './dist/index.d.ts',
  default: './dist/index.js',
}

const scripts = {
  build: 'tsup && tsc -p tsconfig.build.json && tsc -p tsconfig.build.json --outDir dist/cjs',
  types: 'tsc -p tsconfig.json',
  prepack: 'node ../../tooling/src/pack-manifest.ts strip',
  postpack: 'node ../../tooling/src/pack-manifest.ts restore',
}

const files = ['dist', 'src', '!src/**/*.test.ts', '!src/**/*.test-d.ts', '!src/**/*.bench.ts']

const manifest: Readonly<Record<string, unknown>> = {
  name: '@evenkeel/core',
  version: '0.0.0',
  description: 'One package',
  license: 'Apache-2.0',
  type: 'module',
  sideEffects: false,
  main: './dist/cjs/index.js',
  types: './dist/cjs/index.d.ts',
  exports: { '.': entry, './package.json': './package.json' },
  files,
  engines: { node: '>=22.19.0' },
  publishConfig: { access: 'public' },
  scripts,
  devDependencies: {},
}

test('a manifest of the common shape passes', () => {
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([])
})

test('more may be left out of the tarball, and files that exist may have side effects', () => {
  checkout.plant('packages/core/src/first.ts', '')
  write({
    files: [...files, '!src/testing'],
    sideEffects: ['./dist/first.js', './dist/cjs/first.js', './src/first.ts'],
  })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([])
})

const file = 'packages/core/package.json'

test.each(['preinstall', 'install', 'postinstall', 'prepare'])(
  'the script %s, which users would run, is red',
  (name) => {
    write({ scripts: { ...scripts, [name]: 'node anything.js' } })
    expect(complaintsOf(checkout.root, [packageManifest])).toContain(
      `${file}: the script ${name} (expected: nothing that runs when a user installs)`,
    )
  },
)

test.each([
  ['license', 'MIT', '"Apache-2.0"'],
  ['type', 'commonjs', '"module"'],
  ['engines', { node: '>=20' }, '{"node":">=22.19.0"}'],
  ['publishConfig', {}, '{"access":"public"}'],
  ['main', './index.js', '"./dist/cjs/index.js"'],
  ['name', '@evenkeel/other', '"@evenkeel/core"'],
  ['scripts', {}, JSON.stringify(scripts)],
  ['files', ['dist'], JSON.stringify(files)],
  ['sideEffects', true, 'false'],
])('another value of %s is red', (name, value, expected) => {
  write({ [name]: value })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: ${name} ${JSON.stringify(value)} (expected: ${expected})`,
  ])
})

test('a side effect of a file that is not there is red', () => {
  write({ sideEffects: ['./dist/gone.js'] })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: sideEffects ./dist/gone.js (expected: a file of the package)`,
  ])
})

test('a field that is missing is red, and one that no other package has', () => {
  write({ description: undefined })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([`${file}: no description (expected: a value)`])
  write({ browser: './dist/index.js' })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    expect.stringMatching(/^packages\/core\/package\.json: the field browser \(expected: one of license, /),
  ])
})

test('conditions in another order are red, since the first that matches wins', () => {
  const { source, ...rest } = entry
  write({ exports: { '.': { ...rest, source }, './package.json': './package.json' } })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: exports["."] with module-sync, require, types, default, source (expected: source, module-sync, require, types, default)`,
  ])
})

test('a condition that leads elsewhere is red', () => {
  write({
    exports: {
      '.': { ...entry, require: { ...entry.require, default: './dist/index.cjs' } },
      './package.json': './package.json',
    },
  })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: exports["."].require.default "./dist/index.cjs" (expected: "./dist/cjs/index.js")`,
  ])
})

test('an entry without a source, and one whose source is not there, are red', () => {
  write({ exports: { '.': './dist/index.js', './package.json': './package.json' } })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: exports["."].source undefined (expected: a file ./src/*.ts of the package)`,
  ])
  write({ exports: { '.': { ...entry, source: './src/gone.ts' }, './package.json': './package.json' } })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: exports["."].source ./src/gone.ts (expected: a file ./src/*.ts of the package)`,
  ])
})

test('exports begin with the package itself and end with package.json', () => {
  write({ exports: { '.': entry } })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: exports with . last (expected: ./package.json)`,
  ])
  write({ exports: { './package.json': './package.json', '.': entry } })
  expect(complaintsOf(checkout.root, [packageManifest])).toEqual([
    `${file}: exports with ./package.json first (expected: .)`,
    `${file}: exports with . last (expected: ./package.json)`,
  ])
})

function write(changes: Readonly<Record<string, unknown>>): void {
  checkout.plant('packages/core/package.json', JSON.stringify({ ...manifest, ...changes }))
}
