/**
 * Copied code in packages, apps and tooling, found by jscpd. There is no list of places that may stay: the bounds are such that nothing is found today.
 *
 * A copy of a few lines is often better than what would join them, so that each bound is a length from which on it no longer is.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type StepOutcome, start } from '../steps.ts'

/** One look at the files. */
interface Scan {
  /** What is compared, as printed. */
  readonly name: string
  /** Tokens from which on a copy counts. */
  readonly minTokens: number
  readonly flags: readonly string[]
}

const elsewhere = ['**/node_modules/**', '**/dist/**']
const tests = ['**/*.test.ts', '**/*.test-d.ts', '**/*.bench.ts']

const scans: readonly Scan[] = [
  {
    name: 'copied',
    // About fifteen lines. The longest stretch that two sources share is a chooser's four hooks, 73 tokens that say no more than their interface.
    minTokens: 75,
    // Nothing to compare is an error of this check.
    flags: ['--fail-on-empty', '--ignore', [...elsewhere, ...tests].join(',')],
  },
  {
    name: 'copied and renamed',
    // The rows of the error table look alike over 155 tokens once names and texts do not count, which is what a table is for.
    minTokens: 160,
    flags: ['--ignore-identifiers', '--ignore-literals', '--ignore', [...elsewhere, ...tests].join(',')],
  },
  {
    name: 'copied in tests',
    // A test is read by itself, so that its arrangement may be repeated; a whole story may not.
    minTokens: 100,
    flags: ['--pattern', '**/*.test.ts', '--ignore', elsewhere.join(',')],
  },
]

/** jscpd's report, as far as it is read. */
interface Report {
  readonly duplicates: readonly { readonly firstFile: Place; readonly secondFile: Place; readonly tokens: number }[]
}

interface Place {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Compares all TypeScript of the checkout at `root` with itself. */
export async function checkDuplicates(root: string): Promise<StepOutcome> {
  const outcomes: StepOutcome[] = []
  for (const scan of scans) outcomes.push(await runScan(root, scan))
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('') }
}

async function runScan(root: string, { name, minTokens, flags }: Scan): Promise<StepOutcome> {
  const directory = mkdtempSync(join(tmpdir(), 'duplicates-'))
  try {
    const ran = await start(
      join(import.meta.dirname, '../../../node_modules/.bin/jscpd'),
      [
        ...['packages', 'apps', 'tooling', '--format', 'typescript', '--absolute', '--no-tips'],
        ...['--min-tokens', String(minTokens), '--min-lines', '5', '--reporters', 'json', '--output', directory],
        ...flags,
      ],
      { directory: root },
    )
    if (!ran.ok) return ran
    const report: Report = JSON.parse(readFileSync(join(directory, 'jscpd-report.json'), 'utf8'))
    const place = ({ name: file, start: first, end }: Place): string => `${relative(root, file)}:${first}-${end}`
    const found = report.duplicates.map(
      ({ firstFile, secondFile, tokens }) =>
        `${place(secondFile)}: ${name} from ${place(firstFile)}, ${tokens} tokens (expected: < ${minTokens})\n`,
    )
    return { ok: found.length === 0, output: found.join('') }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
