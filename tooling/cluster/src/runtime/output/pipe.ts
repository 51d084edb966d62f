/**
 * A pipe of the kernel. What Node gives a child as a pipe is a pair of sockets, which cannot be opened again by its path; hooks write to `/proc/1/fd/1`.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** Both ends. */
export interface Pipe {
  readonly reader: Readable
  /** For a child; to be closed here once the child has it, since the reader ends when nobody can write any more. */
  readonly writer: number
}

/** Makes pipes in a folder, which forgets them at once. */
export function makePipes<N extends string>(folder: string, ...names: readonly N[]): Readonly<Record<N, Pipe>> {
  const paths = names.map((name) => join(folder, name))
  const { status, stderr } = spawnSync('mkfifo', paths, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`mkfifo ${paths.join(' ')}: ${stderr.trim()}`)
  const pipes = names.map((name, index): [N, Pipe] => {
    const path = paths[index] as string
    // Without waiting for a writer, who comes with the next line.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(path, constants.O_WRONLY)
    rmSync(path)
    return [name, { reader: new Socket({ fd, readable: true, writable: false }), writer }]
  })
  return Object.fromEntries(pipes) as Readonly<Record<N, Pipe>>
}

/** Closes the writing ends of this process. */
export function closeWriters(pipes: Readonly<Record<string, Pipe>>): void {
  for (const { writer } of Object.values(pipes)) closeSync(writer)
}
