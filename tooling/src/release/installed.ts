/** What a package brings when a user installs it, read from the lockfile and from what is installed here: no network. */
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** An entry of `packages` in package-lock.json. */
export interface LockEntry {
  readonly version?: string
  /** Workspaces: where they stand. */
  readonly resolved?: string
  readonly link?: boolean
  readonly license?: string
  /** Checksum of its tarball, `sha512-` and base64. */
  readonly integrity?: string
  readonly optional?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Entries by path: `node_modules/undici`, `packages/core`. */
export type Lock = Readonly<Record<string, LockEntry>>

/** A package that comes along. */
export interface Installed {
  readonly name: string
  readonly version: string
  /** SPDX expression; `unknown` if neither lockfile nor manifest tells. */
  readonly licence: string
  /** Where it stands in the checkout: `packages/core`, `node_modules/undici`. */
  readonly path: string
  /** Checksum of its tarball as the lockfile has it. @defaultValue none for a package of this repository */
  readonly integrity?: string
  /** Paths of what it asks for itself. */
  readonly requires: readonly string[]
}

/** Reads the lockfile of the checkout at `root`. */
export function readLock(root: string): Lock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
}

/** Folders of the packages that are published: `packages/core`. */
export function publicFolders(root: string): readonly string[] {
  return readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((path) => readManifest(root, path).private !== true)
    .sort()
}

/**
 * The package in `folder` and everything that npm installs with it: dependencies and peers that are not optional, and theirs. Versions are those that the
 * repository is tested with.
 */
export function installedWith(root: string, folder: string): readonly Installed[] {
  const lock = readLock(root)
  const found = new Map<string, Installed>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    const { name, version, license, ...manifest } = readManifest(root, path)
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
    const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true)
    const requires = [...Object.keys(dependencies), ...peers].map((wanted) => locate(lock, path, wanted))
    const { integrity } = lock[path] ?? {}
    const licence = license ?? 'unknown'
    found.set(path, { name, version, licence, path, requires, ...(integrity === undefined ? {} : { integrity }) })
    for (const required of requires) visit(required)
  }
  visit(folder)
  return [...found.values()]
}

/** Thousands of bytes that the package at `path` takes on disk; for a package of this repository, what npm packs of it, which needs a build. */
export function installedKb(root: string, { path }: Installed): number {
  const directory = join(root, path)
  const own = path.startsWith('packages/')
  if (own && !existsSync(join(directory, 'dist')))
    throw new Error(`${path}/dist is missing: run \`npm run build\` first`)
  const { files = [] } = own ? readManifest(root, path) : {}
  const excluded = files.filter((name) => name.startsWith('!')).map((name) => `${name.slice(1)}{,/**}`)
  const names = globSync(own ? publishedPatterns(files) : ['**'], {
    cwd: directory,
    exclude: ['**/node_modules/**', ...excluded],
  })
  // The licence stands once, at the root, and is packed with each package.
  const paths = [...names.map((name) => join(directory, name)), ...(own ? [join(root, 'LICENSE')] : [])]
  const sizes = paths.map((file) => statSync(file)).filter((stat) => stat.isFile())
  return Math.ceil(sizes.reduce((sum, { size }) => sum + size, 0) / 1000)
}

/** npm packs the manifest and the README without being told. */
function publishedPatterns(files: readonly string[]): string[] {
  return [...files.filter((name) => !name.startsWith('!')).map((name) => `${name}/**`), 'package.json', 'README.md']
}

/** Node's own search: below the package that asks, then upwards. */
function locate(lock: Lock, from: string, name: string): string {
  for (let place = from; ; place = place.replace(/\/?(node_modules\/(@[^/]+\/)?[^/]+|[^/]+)$/, '')) {
    const path = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`
    const entry = lock[path]
    if (entry !== undefined) return entry.link === true && entry.resolved !== undefined ? entry.resolved : path
    if (place === '')
      throw new Error(`${from}: ${name} is not in package-lock.json (expected: every dependency and peer)`)
  }
}

/** The fields of a package.json that are read here. */
interface Manifest extends LockEntry {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly files?: readonly string[]
}

function readManifest(root: string, path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
}
