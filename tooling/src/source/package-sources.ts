/** The sources of one package: its files, what it declares, and what its entries export. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Declared, declarationsOf } from './declarations.ts'
import { importsOf } from './imports.ts'
import { readSource, type Source } from './parse.ts'

/** The fields of a package.json that are read here. */
export interface Manifest {
  readonly name: string
  readonly description?: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Absolute paths of the sources in `src`, in order; tests, type tests and benches are none. */
export function sourceFiles(directory: string): readonly string[] {
  return globSync('src/**/*.ts', { cwd: directory })
    .filter((path) => !/\.(test|test-d|bench)\.ts$/.test(path))
    .sort()
    .map((path) => join(directory, path))
}

/** The package.json of a folder. */
export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/** Folders below `packages` and `apps`, as `packages/core`, in order. */
export function workspaces(root: string, kind: 'packages' | 'apps'): readonly string[] {
  return globSync(`${kind}/*/package.json`, { cwd: root })
    .map((path) => dirname(path))
    .sort()
}

/** The source file of each entry, by what follows the package's name in an import: `.`, `./testing`. */
export function entriesOf(directory: string): ReadonlyMap<string, string> {
  const { exports = {} } = readManifest(directory)
  return new Map(
    Object.entries(exports).flatMap(([entry, target]) => {
      const source = typeof target === 'string' ? undefined : target.source
      return typeof source === 'string' ? [[entry, join(directory, source)] as const] : []
    }),
  )
}

/** Every declaration of the package that has this name. */
export function declarationsNamed(directory: string, name: string): readonly Declared[] {
  return sourceFiles(directory).flatMap((path) =>
    declarationsOf(readSource(path)).filter((declared) => declared.name === name),
  )
}

/** What a file exports, with what it re-exports from files of its own package. */
export function exportsOf(path: string): readonly Declared[] {
  const source = readSource(path)
  return [
    ...declarationsOf(source).filter(({ exported }) => exported),
    ...importsOf(source).flatMap(({ from, names, kind }) => {
      const other = resolveRelative(source, from)
      if (kind === 'import' || other === undefined) return []
      return exportsOf(other).filter(({ name }) => kind === 'export-all' || names.includes(name))
    }),
  ]
}

/** The file that a relative import means; undefined for a package's name. */
export function resolveRelative({ path }: Pick<Source, 'path'>, from: string): string | undefined {
  if (!from.startsWith('.')) return undefined
  const file = resolve(dirname(path), from)
  if (!existsSync(file)) throw new Error(`${path}: imports ${from} (expected: a file that exists)`)
  return file
}
