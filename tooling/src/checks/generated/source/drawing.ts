/**
 * `drawing`: which room of a package imports which, with the number of files that do, as a Mermaid flowchart; rooms are the folders of `src`. Between packages
 * there is one arrow. Left out are tests, and what everybody stands on: files beside the rooms, `internal` and `testing`.
 */
import { basename, join, relative, sep } from 'node:path'
import { importsOf } from '../../../source/imports.ts'
import { readManifest, resolveRelative, sourceFiles, workspaces } from '../../../source/package-sources.ts'
import { readSource } from '../../../source/parse.ts'
import type { Generate } from '../../generated.ts'

/** One package as it is drawn. */
interface Drawn {
  /** `core` */
  readonly name: string
  /** Files by room. */
  readonly rooms: ReadonlyMap<string, number>
  /** Importing files by arrow: between rooms, and from the package to another. */
  readonly arrows: ReadonlyMap<string, ReadonlySet<string>>
}

// Everybody stands on them: their arrows would hide the others.
const bases: readonly string[] = ['internal', 'testing']

/** A fence that GitHub draws. */
export const generate: Generate = ({ root }) => {
  const folders = workspaces(root, 'packages').map((folder) => join(root, folder))
  const names = new Map(folders.map((directory) => [readManifest(directory).name, basename(directory)]))
  const packages = folders.map((directory) => draw(directory, names))
  const boxes = packages.flatMap(({ name, rooms }) => [
    `  subgraph ${idOf(name)}["${name}"]`,
    ...[...rooms].map(([room, files]) => `    ${idOf(name, room)}["${room} (${files})"]`),
    '  end',
  ])
  const arrows = packages.flatMap((drawn) =>
    [...drawn.arrows].map(([arrow, files]) => `  ${arrow.replace(' ', ` -->|${files.size}| `)}`),
  )
  return ['```mermaid', 'flowchart TB', ...boxes, ...arrows, '```'].join('\n')
}

function draw(directory: string, names: ReadonlyMap<string, string>): Drawn {
  const name = basename(directory)
  const rooms = new Map<string, number>()
  const arrows = new Map<string, Set<string>>()
  for (const path of sourceFiles(directory)) {
    const from = roomOf(directory, path)
    if (from !== undefined) rooms.set(from, (rooms.get(from) ?? 0) + 1)
    for (const { from: specifier } of importsOf(readSource(path))) {
      const file = resolveRelative({ path }, specifier)
      const to = file === undefined ? undefined : roomOf(directory, file)
      const other = file === undefined ? packageOf(specifier, names) : undefined
      const arrow = other === undefined ? within(name, from, to) : `${idOf(name)} ${idOf(other)}`
      if (arrow !== undefined) arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(path))
    }
  }
  return { name, rooms, arrows: new Map([...arrows].sort()) }
}

/** The folder in `src`; undefined for a file beside the rooms and for a base. */
function roomOf(directory: string, path: string): string | undefined {
  const [room, ...rest] = relative(join(directory, 'src'), path).split(sep)
  return room === undefined || rest.length === 0 || bases.includes(room) ? undefined : room
}

function packageOf(specifier: string, names: ReadonlyMap<string, string>): string | undefined {
  return [...names].find(([name]) => specifier === name || specifier.startsWith(`${name}/`))?.[1]
}

function within(name: string, from: string | undefined, to: string | undefined): string | undefined {
  return from === undefined || to === undefined || from === to ? undefined : `${idOf(name, from)} ${idOf(name, to)}`
}

/** Rooms of different packages may have the same name; to Mermaid a dash may begin an arrow. */
function idOf(...names: readonly string[]): string {
  return names.join('_').replaceAll('-', '_')
}
