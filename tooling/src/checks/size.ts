/**
 * What an import costs: every entry of every package is bundled as a user's bundler would do it (minified, all of its exports, peers left out), compressed by
 * brotli and held against its budget in `tooling/.size-limit.json`.
 *
 * It is bundled from source by what also builds the packages, so that the check needs no build. A budget is the size of the day it was set, a tenth
 * added and rounded up to 500 bytes: room for a repair, not for a feature. A feature raises it in its own commit: `node --conditions=source
 * tooling/src/checks/size.ts` prints the sizes and sets every budget anew.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'tsup'
import type { ExportTarget } from '../pack-manifest.ts'
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
  readonly bundle: string
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
  const entries = entriesOf(root)
  const budgets: readonly Budget[] = JSON.parse(readFileSync(join(root, budgetsFile), 'utf8'))
  const strangers = [
    ...entries
      .filter((entry) => !budgets.some(({ name, path }) => name === entry.name && path === entry.bundle))
      .map(({ name, bundle }) => `${budgetsFile}: no budget for ${name} (expected: one with the path ${bundle})\n`),
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
  for (const { source, external, bundle } of entries) {
    const [, name = ''] = /([^/]+)\.js$/.exec(bundle) ?? []
    await build({
      entry: { [name]: source },
      outDir: folder,
      // The packages' own configuration is for their dist.
      config: false,
      tsconfig: join(import.meta.dirname, '../../../tsconfig.base.json'),
      format: 'esm',
      outExtension: () => ({ js: '.js' }),
      platform: 'node',
      target: 'node22',
      dts: false,
      minify: true,
      splitting: false,
      silent: true,
      external: [...external],
      esbuildOptions: (options) => {
        options.conditions = ['source']
      },
    })
  }
  const sizeLimit = join(import.meta.dirname, '../../../node_modules/.bin/size-limit')
  const { output } = await start(sizeLimit, ['--config', budgetsFile, '--json'], { directory: root })
  const answer = JSON.parse(output)
  if (!Array.isArray(answer)) throw new Error(`size-limit: ${output}`)
  return answer
}

function entriesOf(root: string): readonly Entry[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const path = join(root, 'packages', folder)
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    const targets: readonly (readonly [string, ExportTarget])[] = Object.entries(manifest.exports)
    return targets.flatMap(([entry, target]) => {
      if (typeof target === 'string' || typeof target.source !== 'string') return []
      const name = manifest.name + entry.slice(1)
      return {
        name,
        source: join(path, target.source),
        external: Object.keys(manifest.peerDependencies ?? {}),
        bundle: `${bundlesFolder}/${name.replace('@', '').replaceAll('/', '-')}.js`,
      }
    })
  })
}

/** The budgets that today's sizes give. */
async function proposeBudgets(root: string): Promise<readonly Budget[]> {
  const entries = entriesOf(root)
  const unlimited = entries.map(({ name, bundle }) => ({ name, path: bundle, limit: '1 MB' }))
  writeFileSync(join(root, budgetsFile), JSON.stringify(unlimited))
  const measured = await measure(root, entries)
  return entries.map(({ name, bundle }) => {
    const size = measured.find((one) => one.name === name)?.size ?? Number.NaN
    console.log(`${name.padEnd(30)} ${String(size).padStart(7)} bytes`)
    return { name, path: bundle, limit: `${Math.ceil((size * 1.1) / 500) / 2} kB` }
  })
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../../..')
  const budgets = await proposeBudgets(root)
  writeFileSync(join(root, budgetsFile), `${JSON.stringify(budgets, undefined, 2)}\n`)
}
