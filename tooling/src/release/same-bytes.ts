/** Whether two builds of one release are the same to the last byte, so that anybody can check a published tarball against its sources. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { StepOutcome } from '../steps.ts'

/** A packed package. */
export interface Packed {
  readonly name: string
  /** Absolute path of the .tgz. */
  readonly path: string
  /** Absolute path of the directory it was unpacked into. */
  readonly contents: string
}

/** Compares the tarballs of two builds by name, and says which files make the difference. */
export function checkSameBytes(first: readonly Packed[], second: readonly Packed[]): StepOutcome {
  const names = [...new Set([...first, ...second].map(({ name }) => name))].sort()
  const complaints = names.flatMap((name) => {
    const [one, other] = [first, second].map((build) => build.find((packed) => packed.name === name))
    if (one === undefined || other === undefined) return [`${name}: packed by one build only (expected: by both)`]
    if (sha256(one.path) === sha256(other.path)) return []
    return [`${name}: two builds differ in ${difference(one, other)} (expected: the same bytes)`]
  })
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Checksum of a file in hexadecimal. */
export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

function difference(one: Packed, other: Packed): string {
  const [before, after] = [filesOf(one), filesOf(other)]
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  const differing = paths.filter((path) => before.get(path) !== after.get(path))
  return differing.length === 0 ? 'the order, times or compression of their files' : differing.join(', ')
}

/** Mode and checksum by path. */
function filesOf({ contents }: Packed): ReadonlyMap<string, string> {
  const paths = readdirSync(contents, { recursive: true, encoding: 'utf8' })
  const files = paths.filter((path) => statSync(join(contents, path)).isFile())
  return new Map(
    files.map((path) => [path, `${statSync(join(contents, path)).mode} ${sha256(join(contents, path))}`] as const),
  )
}
