/** Packs the packages as `npm publish` would, and checks what is in them. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command, type StepOutcome } from '../steps.ts'

/** A packed package, unpacked again for reading. */
export interface Tarball {
  /** `@evenkeel/core` */
  readonly name: string
  /** Absolute path of the .tgz. */
  readonly path: string
  /** Absolute path of the directory it was unpacked into. */
  readonly contents: string
  /** What an import may name: `@evenkeel/core`, `@evenkeel/core/testing`. */
  readonly entries: readonly string[]
  /** Its package.json. */
  readonly manifest: Manifest
}

/** The fields of a package.json that are read here. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Packs every package that is not private. Works on copies, so that nothing in the checkout changes meanwhile. */
export function packAll(root: string, directory: string): readonly Tarball[] {
  const stage = join(directory, 'stage')
  cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'))
  cpSync(join(root, 'tooling/src/pack-manifest.ts'), join(stage, 'tooling/src/pack-manifest.ts'))
  return readdirSync(join(root, 'packages')).map((folder) => {
    const from = join(root, 'packages', folder)
    if (!existsSync(join(from, 'dist')))
      throw new Error(`packages/${folder}/dist is missing: run \`npm run build\` first`)
    const to = join(stage, 'packages', folder)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, to, { recursive: true, filter: (path) => !/\/(node_modules|\.turbo)(\/|$)/.test(path) })
    return pack(to, join(directory, 'tarballs', folder))
  })
}

/** Checks that a tarball needs nothing that a user does not have. */
export function checkManifest({ name, manifest, contents }: Tarball): StepOutcome {
  const files = readdirSync(contents, { recursive: true, encoding: 'utf8' })
  const complaints: string[] = []
  const expectThat = (fact: boolean, complaint: string): void => {
    if (!fact) complaints.push(complaint)
  }
  expectThat(!JSON.stringify(manifest.exports).includes('"source"'), 'exports still have the condition `source`')
  expectThat(Object.keys(manifest.dependencies ?? {}).length === 0, 'has dependencies; they are peers or nothing')
  expectThat(Object.keys(manifest.optionalDependencies ?? {}).length === 0, 'has optional dependencies')
  if (name === '@evenkeel/core') expectThat(manifest.peerDependencies === undefined, 'core has a peer')
  else expectThat('@evenkeel/core' in (manifest.peerDependencies ?? {}), 'core is not a peer: a process could hold two')
  expectThat(files.includes('LICENSE'), 'LICENSE is missing')
  expectThat(files.includes('README.md'), 'README.md is missing')
  expectThat(!files.some((file) => /\.(test|test-d|bench)\.ts$/.test(file)), 'tests are packed')
  expectThat(
    !files.includes('dist/undici-before.js') || importsUndiciLast(contents),
    'undici-before.js is not the first import',
  )
  return { ok: complaints.length === 0, output: complaints.map((complaint) => `${name}: ${complaint}`).join('\n') }
}

/** What the ecosystem's own checkers say about the tarball. */
export function checkPublished(root: string, { path }: Tarball): StepOutcome {
  const publint = command(join(root, 'node_modules/.bin/publint'), ['run', path, '--strict'])
  // Only the resolution of TypeScript before 4.7 is left out: it cannot see an entry such as `/testing`.
  const attw = command(join(root, 'node_modules/.bin/attw'), [path, '--profile', 'node16', '--no-color', '--no-emoji'])
  return { ok: publint.ok && attw.ok, output: `${publint.output}\n${attw.output}` }
}

function pack(from: string, to: string): Tarball {
  mkdirSync(to, { recursive: true })
  const packed = command('npm', ['pack', '--json', '--pack-destination', to], {
    directory: from,
    // The scripts of the package run with the Node that runs this.
    environment: { PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  })
  const file = readdirSync(to).find((name) => name.endsWith('.tgz'))
  if (!packed.ok || file === undefined) throw new Error(`npm pack failed\n${packed.output}`)
  const path = join(to, file)
  const unpacked = command('tar', ['-xzf', path, '-C', to])
  if (!unpacked.ok) throw new Error(`tar failed\n${unpacked.output}`)
  const contents = join(to, 'package')
  const manifest: Manifest = JSON.parse(readFileSync(join(contents, 'package.json'), 'utf8'))
  const entries = Object.keys(manifest.exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => manifest.name + entry.slice(1))
  return { name: manifest.name, path, contents, entries, manifest }
}

/** undici-before.ts keeps the application's own global fetch; it works only if it runs before undici is evaluated. */
function importsUndiciLast(contents: string): boolean {
  return ['dist/index.js', 'dist/cjs/index.js'].every((path) => {
    const [first] = readFileSync(join(contents, path), 'utf8').match(/^import .*$|^var .*\brequire\(.*$/m) ?? []
    return first?.includes('./undici-before.js') === true
  })
}
