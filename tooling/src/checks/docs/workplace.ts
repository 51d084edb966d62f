/**
 * A project as a user has it, made for the examples: one file each, and a `node_modules` with links to the built packages. Nothing of it names the
 * condition `source`, so that types and code come from `dist`.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readManifest, workspaces } from '../../source/package-sources.ts'
import type { Example } from './example.ts'

/** The project. */
export interface Workplace extends Disposable {
  readonly directory: string
  /** The file of an example, within the folder. */
  fileOf(example: Example): string
  /** The example that a file holds. */
  exampleOf(file: string): Example | undefined
}

/** What users have besides our packages: peers, types, the test runner that guides use, and the cluster of those who work on this repository. */
const companions = ['undici', '@grpc/grpc-js', '@types/node', 'vitest', '@evenkeel/cluster']

/** Makes the project. Nothing is copied or installed. */
export function createWorkplace(root: string, examples: readonly Example[]): Workplace {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'docs-')))
  const link = (name: string, target: string): void => {
    const place = join(directory, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(target, place)
  }
  for (const folder of workspaces(root, 'packages')) link(readManifest(join(root, folder)).name, join(root, folder))
  for (const name of companions) link(name, join(import.meta.dirname, '../../../../node_modules', name))
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const files = new Map(examples.map((example, index) => [example, `example-${index + 1}.${example.language}`]))
  const byFile = new Map<string, Example>()
  for (const [example, file] of files) {
    byFile.set(file, example)
    writeFileSync(join(directory, file), example.code)
  }
  return {
    directory,
    fileOf: (example) => files.get(example) as string,
    exampleOf: (file) => byFile.get(file),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** The files that the packages' exports promise and that are not there. */
export function missingFiles(root: string): readonly string[] {
  return workspaces(root, 'packages').flatMap((folder) => {
    const promised = new Set(builtFiles(readManifest(join(root, folder)).exports ?? {}))
    return [...promised].map((path) => join(folder, path)).filter((path) => !existsSync(join(root, path)))
  })
}

/** Every file that is named under any condition but `source`. */
function builtFiles(target: unknown): readonly string[] {
  if (typeof target === 'string') return [target]
  return Object.entries(Object(target)).flatMap(([condition, inner]) =>
    condition === 'source' ? [] : builtFiles(inner),
  )
}
