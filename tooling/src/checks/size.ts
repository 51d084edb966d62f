/**
 * What an import costs: every entry of every package is bundled as a user's bundler would do it (minified, all of its exports, peers left out), compressed by
 * brotli and held against its budget in `tooling/.size-limit.json`.
 *
 * It is bundled from source by what also builds the packages, so that the check needs no build. A budget is the size of the day it was set, a tenth
 * added and rounded up to 500 bytes: room for a repair, not for a feature. A feature raises it in its own commit: `node --conditions=source
 * tooling/src/checks/size.ts` prints the sizes and sets every budget anew.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bundle } from '../source/bundle.ts'
import { entriesOf, readManifest, workspaces } from '../source/package-sources.ts'
import { type StepOutcome, start } from '../steps.ts'

const budgetsFile = 'tooling/.size-limit.json'
/** Where bundles stand for size-limit to measure them, relative to the budgets. */
const bundlesFolder = '../.cache/size'

/** What an import names, and the file behind it. */
interface Entry {
  /** `@evenkeel/core/testing` */
  readonly name: string
  /** Absolute path of its source. */
  readonly source: string
  /** Names that a user's bundler finds elsewhere. */
  readonly external: readonly string[]
  /** Its budget's `path`. */
  readonly file: string
}

/** A budget as size-limit reads it. */
interface Budget {
  readonly name: string
  readonly path: string
  /** `31.5 kB`: thousands of bytes. */
  readonly limit: string
}

/** size-limit's answer for one budget. */
interface Measured {
  readonly name: string
  readonly size: number
  readonly sizeLimit: number
}

/** Measures every entry of the checkout at `root`: one without a budget is an error, and so is a budget without an entry. */
export async function checkSizes(root: string): Promise<StepOutcome> {
  const entries = allEntries(root)
  const budgets: readonly Budget[] = JSON.parse(readFileSync(join(root, budgetsFile), 'utf8'))
  const strangers = [
    ...entries
      .filter((entry) => !budgets.some(({ name, path }) => name === entry.name && path === entry.file))
      .map(({ name, file }) => `${budgetsFile}: no budget for ${name} (expected: one with the path ${file})\n`),
    ...budgets
      .filter(({ name }) => !entries.some((entry) => entry.name === name))
      .map(({ name }) => `${budgetsFile}: a budget for ${name} (expected: the name of an entry)\n`),
  ]
  if (strangers.length > 0) return { ok: false, output: strangers.join('') }
  const measured = await measure(root, entries)
  const over = measured
    .filter(({ size, sizeLimit }) => size > sizeLimit)
    .map(({ name, size, sizeLimit }) => `${name}: ${size} bytes (expected: <= ${sizeLimit}, ${budgetsFile})\n`)
  return { ok: over.length === 0, output: over.join('') }
}

/** Bundles each entry and lets size-limit weigh the bundles. */
async function measure(root: string, entries: readonly Entry[]): Promise<readonly Measured[]> {
  const folder = join(root, 'tooling', bundlesFolder)
  rmSync(folder, { recursive: true, force: true })
  for (const { source, external, file } of entries) {
    const name = basename(file, '.js')
    await bundle({ [name]: source }, external, folder)
  }
  const sizeLimit = join(import.meta.dirname, '../../../node_modules/.bin/size-limit')
  const { output } = await start(sizeLimit, ['--config', budgetsFile, '--json'], { directory: root })
  const answer = JSON.parse(output)
  if (!Array.isArray(answer)) throw new Error(`size-limit: ${output}`)
  return answer
}

function allEntries(root: string): readonly Entry[] {
  return workspaces(root, 'packages').flatMap((folder) => {
    const directory = join(root, folder)
    const manifest = readManifest(directory)
    return [...entriesOf(directory)].map(([entry, source]) => {
      const name = manifest.name + entry.slice(1)
      const file = `${bundlesFolder}/${name.replace('@', '').replaceAll('/', '-')}.js`
      return { name, source, external: Object.keys(manifest.peerDependencies ?? {}), file }
    })
  })
}

/** The budgets that today's sizes give. */
async function proposeBudgets(root: string): Promise<readonly Budget[]> {
  const entries = allEntries(root)
  const unlimited = entries.map(({ name, file }) => ({ name, path: file, limit: '1 MB' }))
  writeFileSync(join(root, budgetsFile), JSON.stringify(unlimited))
  const measured = await measure(root, entries)
  return entries.map(({ name, file }) => {
    const size = measured.find((one) => one.name === name)?.size ?? Number.NaN
    console.log(`${name.padEnd(30)} ${String(size).padStart(7)} bytes`)
    return { name, path: file, limit: `${Math.ceil((size * 1.1) / 500) / 2} kB` }
  })
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../../..')
  const budgets = await proposeBudgets(root)
  writeFileSync(join(root, budgetsFile), `${JSON.stringify(budgets, undefined, 2)}\n`)
}
