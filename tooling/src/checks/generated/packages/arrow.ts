/** `arrow`: who depends on whom among our own packages and apps, from their manifests. */
import { basename, join } from 'node:path'
import { readManifest, workspaces } from '../../../source/package-sources.ts'
import type { Generate } from '../../generated.ts'

/** A fence of one line: each name stands to the right of everything that it depends on. */
export const generate: Generate = ({ root }) => {
  const folders = [...workspaces(root, 'packages'), ...workspaces(root, 'apps')]
  const manifests = new Map(folders.map((folder) => [readManifest(join(root, folder)).name, folder]))
  const needs = new Map(folders.map((folder) => [folder, neededBy(join(root, folder), manifests)]))
  const ranks = new Map<string, number>()
  for (const folder of folders) ranks.set(folder, rankOf(folder, needs, []))
  const columns = Array.from({ length: Math.max(...ranks.values()) + 1 }, (_, rank) =>
    folders.filter((folder) => ranks.get(folder) === rank).map((folder) => label(folder)),
  )
  return ['```text', columns.map((names) => names.join(', ')).join('  ◀──  '), '```'].join('\n')
}

/** What a user of it needs: development dependencies of packages are the repository's affair. */
function neededBy(directory: string, folders: ReadonlyMap<string, string>): readonly string[] {
  const { dependencies = {}, peerDependencies = {} } = readManifest(directory)
  return Object.keys({ ...dependencies, ...peerDependencies }).flatMap((name) => folders.get(name) ?? [])
}

function rankOf(folder: string, needs: ReadonlyMap<string, readonly string[]>, path: readonly string[]): number {
  if (path.includes(folder)) throw new Error(`a circle: ${[...path, folder].join(' → ')} (expected: none)`)
  return Math.max(-1, ...(needs.get(folder) ?? []).map((needed) => rankOf(needed, needs, [...path, folder]))) + 1
}

function label(folder: string): string {
  return folder.startsWith('apps/') ? folder : basename(folder)
}
