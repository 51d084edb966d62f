/**
 * What npm loads and unpacks for each package, as one JSON document on standard output. Needs a build.
 * `npm run build >&2 && node --conditions=source tooling/src/measured/measure-packages.ts`
 */
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from '../packed/tarballs.ts'
import { type Check, currentEnvironment, printResult } from '../result.ts'
import type { StepOutcome } from '../steps.ts'
import { readResult } from './results.ts'

/** One package as it is packed. */
export interface PackedSize {
  /** `@evenkeel/core` */
  readonly name: string
  /** Size of the tarball. */
  readonly packedBytes: number
  /** Size of its files. */
  readonly unpackedBytes: number
  readonly files: number
}

// A package beyond it holds something that it should not; the largest has less than half.
const mostPackedBytes = 1_000_000

// Compression differs a little between versions of npm and zlib, and a repair need not be followed by a measurement.
const tolerance = 0.1

/** Complains where the committed figures are no longer those of the packages. Needs a build. */
export function checkMeasuredPackages(root: string): StepOutcome {
  const { packages } = readResult(root, 'packages').figures as { readonly packages: readonly PackedSize[] }
  const complaints = outdated(packages, measurePackages(root))
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** What is wrong in `committed`, if `measured` is right. */
export function outdated(committed: readonly PackedSize[], measured: readonly PackedSize[]): readonly string[] {
  const names = [...new Set([...committed, ...measured].map(({ name }) => name))]
  return names.flatMap((name) => {
    const before = committed.find((each) => each.name === name)?.packedBytes ?? 0
    const now = measured.find((each) => each.name === name)?.packedBytes ?? 0
    const within = Math.abs(before - now) <= now * tolerance
    return within && now > 0
      ? []
      : [
          `results/packages.json: ${name} has ${before} bytes packed (expected: ${now}, within 10 %; see results/README.md)`,
        ]
  })
}

/** Packs everything and weighs it. */
function measurePackages(root: string): readonly PackedSize[] {
  const directory = mkdtempSync(join(tmpdir(), 'measure-packages-'))
  try {
    return packAll(root, directory).map(({ name, path, contents }) => {
      const sizes = globSync('**', { cwd: contents, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
      const unpackedBytes = sizes.reduce((sum, size) => sum + size, 0)
      return { name, packedBytes: statSync(path).size, unpackedBytes, files: sizes.length }
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function checkOf({ name, packedBytes }: PackedSize): Check {
  return {
    id: `packages.packed.${name}`,
    claim: `the tarball of ${name} has at most 1 MB`,
    expected: `<= ${mostPackedBytes}`,
    got: packedBytes,
    unit: 'bytes',
    ok: packedBytes <= mostPackedBytes,
  }
}

if (import.meta.main) {
  const environment = currentEnvironment()
  const packages = measurePackages(join(import.meta.dirname, '../../..'))
  printResult({ checks: packages.map(checkOf), environment, figures: { packages } })
}
