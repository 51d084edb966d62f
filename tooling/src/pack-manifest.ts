/**
 * Takes the condition `source` out of a package's manifest while it is packed, and puts it back afterwards.
 *
 * In the workspace the condition leads every import to TypeScript. In a tarball it would be a trap: Node refuses to run
 * TypeScript below node_modules, so that a consumer who sets a condition of that name for reasons of their own would break.
 * The sources are packed all the same, for source maps and "go to definition".
 *
 * The licence is packed too; in the repository it stands once, at the root.
 *
 * Called by the `prepack` and `postpack` scripts of each package: `node pack-manifest.ts strip` and `restore`.
 */
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** A value of `exports`: a file, or conditions in their order. */
export type ExportTarget = string | { readonly [condition: string]: ExportTarget }

/** The same exports without the condition `source`, in the same order. */
export function withoutSource(target: ExportTarget): ExportTarget {
  if (typeof target === 'string') return target
  return Object.fromEntries(
    Object.entries(target)
      .filter(([condition]) => condition !== 'source')
      .map(([condition, inner]) => [condition, withoutSource(inner)]),
  )
}

/** Kept beside the manifest while it is stripped; npm never packs a file that `files` does not name. */
const keptName = 'package.json.unpacked'

function strip(): void {
  const text = readFileSync('package.json', 'utf8')
  const { exports, devDependencies: _, ...manifest } = JSON.parse(text)
  writeFileSync(keptName, text)
  copyFileSync('../../LICENSE', 'LICENSE')
  writeFileSync('package.json', `${JSON.stringify({ ...manifest, exports: withoutSource(exports) }, undefined, 2)}\n`)
}

function restore(): void {
  rmSync('LICENSE')
  rmSync('package.json')
  renameSync(keptName, 'package.json')
}

if (import.meta.main) {
  const [command] = process.argv.slice(2)
  if (command === 'strip') strip()
  else if (command === 'restore') restore()
  else throw new Error(`pack-manifest: ${command} (expected: strip or restore)`)
}
