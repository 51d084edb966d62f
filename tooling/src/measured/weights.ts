/**
 * What an import of each entry of a package weighs: bundled from its sources as a user's bundler does it, minified, with its peers left out.
 * Needs no build, so that a figure in a document follows the code at once.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle } from '../source/bundle.ts'
import { entriesOf, readManifest } from '../source/package-sources.ts'

/** One entry. */
export interface EntryWeight {
  /** What an import names: `@evenkeel/core/testing`. */
  readonly name: string
  readonly minifiedBytes: number
  readonly gzippedBytes: number
}

const weighed = new Map<string, Promise<readonly EntryWeight[]>>()

/** The entries of the package in their order; each package is weighed once per process. */
export function entryWeights(directory: string): Promise<readonly EntryWeight[]> {
  const weights = weighed.get(directory) ?? weigh(directory)
  weighed.set(directory, weights)
  return weights
}

/** Thousands of bytes without decimals, so that not every line of code changes a document. */
export function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000).toLocaleString('en-US')} kB`
}

async function weigh(directory: string): Promise<readonly EntryWeight[]> {
  const { name, peerDependencies = {} } = readManifest(directory)
  const entries = [...entriesOf(directory)]
  const outDir = mkdtempSync(join(tmpdir(), 'weights-'))
  try {
    await bundle(
      Object.fromEntries(entries.map(([, source], index) => [`entry-${index}`, source])),
      Object.keys(peerDependencies),
      outDir,
    )
    return entries.map(([entry], index) => {
      const bundle = readFileSync(join(outDir, `entry-${index}.js`))
      return { name: name + entry.slice(1), minifiedBytes: bundle.length, gzippedBytes: gzipSync(bundle).length }
    })
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}
