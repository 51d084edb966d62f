/** `packages`: every package with what it is, what it weighs and what it brings. Links are for the root. */
import { join } from 'node:path'
import { table } from '../../../markdown/table.ts'
import { entryWeights, kilobytes } from '../../../measured/weights.ts'
import { readManifest, workspaces } from '../../../source/package-sources.ts'
import type { Generate } from '../../generated.ts'

/** A row per package. */
export const generate: Generate = async ({ root }) => {
  const rows = workspaces(root, 'packages').map(async (folder) => {
    const directory = join(root, folder)
    const manifest = readManifest(directory)
    const { name, description = '', dependencies = {}, peerDependencies = {} } = manifest
    const [main] = await entryWeights(directory)
    const brought = Object.keys(dependencies)
    return [
      `[\`${name}\`](${folder})`,
      description,
      main === undefined ? '' : kilobytes(main.gzippedBytes),
      brought.length === 0 ? '0' : `${brought.length}: ${brought.join(', ')}`,
      Object.keys(peerDependencies)
        .map((peer) => peer.replace('@evenkeel/', ''))
        .join(', '),
    ]
  })
  return table(['package', 'what it is', 'gzipped', 'dependencies', 'works with'], await Promise.all(rows))
}
