/**
 * What npm loads and unpacks for each package, as one JSON document on standard output. Needs a build.
 * `npm run build >&2 && node --conditions=source tooling/src/measured/measure-packages.ts`
 */
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from '../packed/tarballs.ts'
import { type Check, currentEnvironment, printResult } from '../result.ts'

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
