/** The fields of package.json that must not differ between packages, and the shape of `exports`. */
import { basename } from 'node:path'
import type { Checkout } from '../checkout.ts'
import type { Complaint, Rule } from '../rule.ts'
import { checkExports } from './exports.ts'

/** Fields with one value everywhere. */
const common: Readonly<Record<string, unknown>> = {
  license: 'Apache-2.0',
  type: 'module',
  engines: { node: '>=22.19.0' },
  // For resolvers that do not know `exports`; they are the ones that cannot load an ES module either.
  main: './dist/cjs/index.js',
  types: './dist/cjs/index.d.ts',
  publishConfig: { access: 'public' },
  scripts: {
    build: 'tsup && tsc -p tsconfig.build.json && tsc -p tsconfig.build.json --outDir dist/cjs',
    types: 'tsc -p tsconfig.json',
    prepack: 'node ../../tooling/src/pack-manifest.ts strip',
    postpack: 'node ../../tooling/src/pack-manifest.ts restore',
  },
}
/** What is packed; a package may leave out more below `src`. */
const files = ['dist', 'src', '!src/**/*.test.ts', '!src/**/*.test-d.ts', '!src/**/*.bench.ts']
const required = ['name', 'version', 'description', 'sideEffects', 'exports', 'files', 'devDependencies']
const optional = ['dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta', 'keywords']
/** npm runs these on the machine of whoever installs. */
const installScripts = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish']

/** One manifest as good as another. */
export const packageManifest: Rule = {
  name: 'every package.json has the same fields and scripts',
  check(checkout) {
    return checkout.packages
      .map((folder) => `${folder}/package.json`)
      .filter((file) => checkout.exists(file))
      .flatMap((file) => checkManifest(checkout, file))
  },
}

type Manifest = Readonly<Record<string, unknown>>

function checkManifest(checkout: Checkout, file: string): readonly Complaint[] {
  const folder = file.slice(0, -'/package.json'.length)
  const manifest: Manifest = JSON.parse(checkout.text(file))
  const known = [...Object.keys(common), ...required, ...optional]
  return [
    ...installScripts
      .filter((name) => name in Object(manifest.scripts))
      .map((name) => ({ file, got: `the script ${name}`, expected: 'nothing that runs when a user installs' })),
    ...required.filter((name) => !(name in manifest)).map((name) => ({ file, got: `no ${name}`, expected: 'a value' })),
    ...Object.keys(manifest)
      .filter((name) => !known.includes(name))
      .map((name) => ({ file, got: `the field ${name}`, expected: `one of ${known.join(', ')}` })),
    ...Object.entries(common).flatMap(([name, value]) => same(file, name, manifest[name], value)),
    ...same(file, 'name', manifest.name, `@evenkeel/${basename(folder)}`),
    ...checkFiles(file, manifest.files),
    ...checkSideEffects(checkout, folder, manifest.sideEffects),
    ...checkExports(checkout, folder, manifest.exports),
  ]
}

function same(file: string, name: string, got: unknown, expected: unknown): readonly Complaint[] {
  if (JSON.stringify(got) === JSON.stringify(expected)) return []
  return [{ file, got: `${name} ${JSON.stringify(got)}`, expected: JSON.stringify(expected) }]
}

function checkFiles(file: string, got: unknown): readonly Complaint[] {
  const list = Array.isArray(got) ? got : []
  const rest = list.slice(files.length).filter((name) => name !== 'rbac.yaml' && !String(name).startsWith('!src/'))
  return same(file, 'files', [...list.slice(0, files.length), ...rest], files)
}

/** Bundlers drop what has no effects; a name that leads nowhere would keep nothing. */
function checkSideEffects(checkout: Checkout, folder: string, got: unknown): readonly Complaint[] {
  if (got === undefined || got === false) return []
  const file = `${folder}/package.json`
  if (!Array.isArray(got)) return same(file, 'sideEffects', got, false)
  return got
    .map((path) => String(path))
    .filter((path) => !checkout.exists(`${folder}/${sourceOf(path)}`))
    .map((path) => ({ file, got: `sideEffects ${path}`, expected: 'a file of the package' }))
}

/** A built file stands for its source: there need be no build. */
function sourceOf(path: string): string {
  return path.replace(/^\.\/dist\/(cjs\/)?/, './src/').replace(/\.js$/, '.ts')
}
