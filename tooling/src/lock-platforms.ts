/**
 * Completes package-lock.json for platforms other than the one it was written on.
 *
 * A registry that offers only some platforms' binaries makes npm leave the other optional packages out of the lockfile,
 * and `npm ci` then refuses the file everywhere ("Missing: ... from lock file"). An entry with name, version and platform is
 * enough: npm skips it where the platform differs and resolves it by name and version where it does not.
 *
 * Run after a change of dependencies: `node tooling/src/lock-platforms.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockEntry {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** How package names spell an operating system, to npm's `os` values. */
const systems: Readonly<Record<string, string>> = {
  android: 'android',
  darwin: 'darwin',
  fsevents: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  aix: 'aix',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  wasm32: 'wasm32',
  wasi: 'wasi',
  win32: 'win32',
  windows: 'win32',
}

/** How package names spell a processor, to npm's `cpu` values. */
const processors: readonly string[] = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
]

/** The platform fields that a package's name tells; `undefined` if it names none. */
export function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> | undefined {
  const words = (name.split('/').at(-1) ?? name).split('-')
  const word = words.find((part) => part in systems)
  if (word === undefined) return undefined
  const cpu = words.includes('64') ? 'x64' : processors.find((processor) => words.includes(processor))
  const libc = words.some((part) => part.startsWith('musl'))
    ? 'musl'
    : words.some((part) => part.startsWith('gnu'))
      ? 'glibc'
      : undefined
  const system = systems[word]
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(system === undefined || system === 'wasm32' ? {} : { os: [system] }),
  }
}

/** The lockfile with an entry for every optional package that it names but does not describe. */
export function completed(packages: Readonly<Record<string, LockEntry>>): Record<string, LockEntry> {
  const result: Record<string, LockEntry> = { ...packages }
  for (const [place, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isDescribed(packages, place, name)) continue
      const platform = platformOf(name)
      if (platform === undefined) continue
      const nested =
        packages[`node_modules/${name}`] !== undefined ? `${place}/node_modules/${name}` : `node_modules/${name}`
      const { cpu, libc, os } = platform
      // npm's own order of fields, so that its next write changes nothing.
      result[nested] = {
        version: exact(version),
        ...(cpu === undefined ? {} : { cpu }),
        ...(entry.dev ? { dev: true } : {}),
        ...(libc === undefined ? {} : { libc }),
        optional: true,
        ...(os === undefined ? {} : { os }),
      }
    }
  }
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => a.localeCompare(b, 'en')))
}

/** Whether npm finds the package from this place: beside it, or in a node_modules further up. */
function isDescribed(packages: Readonly<Record<string, LockEntry>>, place: string, name: string): boolean {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`] !== undefined) return true
    if (at === '') return false
  }
}

/** Platform packages are pinned; `~2.3.2`, as file watchers are asked for, is taken at its base. */
function exact(range: string): string {
  return range.replace(/^[\^~]/, '')
}

if (import.meta.main) {
  const path = new URL('../../package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockEntry> }
  const before = Object.keys(lock.packages).length
  lock.packages = completed(lock.packages)
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${Object.keys(lock.packages).length - before} platform entries added`)
}
