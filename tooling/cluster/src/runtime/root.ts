/**
 * The files that a container sees: those of this machine, a /run and a /dev of its own, and what the kubelet mounts. Made without writing anything into
 * the machine's own folders: a new root folder holds mount points, and the mounts exist only in the container's own mount namespace.
 */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A file or folder of this machine that is seen at a path. */
export interface Binding {
  readonly from: string
  readonly at: string
}

// What a container has there instead of what the machine has, by name; everything else is left out.
const fresh: Readonly<Record<string, readonly string[]>> = {
  '/run': [],
  '/dev': ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'pts', 'shm', 'fd', 'stdin', 'stdout', 'stderr'],
}

/**
 * Makes the mount points of a root in an empty folder.
 * @returns the mounts, as lines of an fstab, in the order in which they have to be made
 */
export function makeRoot(root: string, bindings: readonly Binding[]): string {
  const wanted = bindings
    .map(({ from, at }) => ({ from, at: real(at) }))
    .sort((one, other) => one.at.length - other.at.length)
  // Folders that must be made anew, since something is to be seen in them that is not there.
  const opened = new Set(['/', ...Object.keys(fresh)])
  for (const { at } of wanted) {
    let folder = deepest(at)
    if (folder === at) continue
    for (; folder !== '/'; folder = dirname(folder)) opened.add(folder)
  }
  const lines: string[] = []
  for (const folder of [...opened].sort()) lines.push(...open(root, folder, opened))
  for (const { from, at } of wanted) {
    if (opened.has(deepest(at)) || !exists(at)) makePoint(join(root, at), statSync(from).isDirectory())
    lines.push(line(from, join(root, at), 'none', 'rbind'))
  }
  return `${lines.join('\n')}\n`
}

function open(root: string, folder: string, opened: ReadonlySet<string>): readonly string[] {
  mkdirSync(join(root, folder), { recursive: true })
  const lines: string[] = []
  for (const name of fresh[folder] ?? readdirSync(folder)) {
    const from = join(folder, name)
    const point = join(root, from)
    const kind = lstatSync(from, { throwIfNoEntry: false })
    if (kind === undefined || opened.has(from)) continue
    if (kind.isSymbolicLink()) {
      symlinkSync(readlinkSync(from), point)
      continue
    }
    makePoint(point, kind.isDirectory())
    lines.push(from === '/proc' ? line('proc', point, 'proc', 'defaults') : line(from, point, 'none', 'rbind'))
  }
  return lines
}

function makePoint(path: string, folder: boolean): void {
  mkdirSync(folder ? path : dirname(path), { recursive: true })
  if (!folder) writeFileSync(path, '', { flag: 'a' })
}

/** The path without symbolic links, as far as it exists: a mount on `/var/run/x` is one on `/run/x`. */
function real(path: string): string {
  let rest = ''
  for (let known = path; ; known = dirname(known)) {
    try {
      return join(realpathSync(known), rest)
    } catch {
      rest = join(basename(known), rest)
    }
  }
}

/** The path itself or the nearest folder above it that a container would see without any help. */
function deepest(path: string): string {
  for (let known = path; ; known = dirname(known)) if (known in fresh || exists(known)) return known
}

function exists(path: string): boolean {
  const hidden = Object.keys(fresh).some((folder) => path.startsWith(`${folder}/`))
  return !hidden && lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function line(from: string, to: string, type: string, options: string): string {
  const escaped = [from, to].map((path) =>
    path.replace(/[\s\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`),
  )
  return `${escaped.join(' ')} ${type} ${options} 0 0`
}
