/** `cost FOLDER`: what a package weighs, to import and to install, and what it brings. */
import { join } from 'node:path'
import { code, table } from '../../../markdown/table.ts'
import type { PackedSize } from '../../../measured/measure-packages.ts'
import { readResult } from '../../../measured/results.ts'
import { entryWeights, kilobytes } from '../../../measured/weights.ts'
import { readManifest, workspaces } from '../../../source/package-sources.ts'
import type { Generate } from '../../generated.ts'

/** A row per entry, and a line about the tarball and the dependencies. */
export const generate: Generate = async ({ root, parameters: [folder = ''] }) => {
  const folders = workspaces(root, 'packages')
  if (!folders.includes(folder)) throw new Error(`${folder} (expected: ${folders.join(', ')})`)
  const { name, dependencies = {}, peerDependencies = {} } = readManifest(join(root, folder))
  const weights = await entryWeights(join(root, folder))
  const { packages } = readResult(root, 'packages').figures as { readonly packages: readonly PackedSize[] }
  const packed = packages.find((each) => each.name === name)
  if (packed === undefined) throw new Error(`results/packages.json has no ${name} (expected: every package)`)
  return [
    table(
      ['import, bundled without its peers', 'minified', 'gzipped'],
      weights.map((weight) => [code(weight.name), kilobytes(weight.minifiedBytes), kilobytes(weight.gzippedBytes)]),
    ),
    '',
    `Packed ${kilobytes(packed.packedBytes)}, installed ${kilobytes(packed.unpackedBytes)} in ${packed.files} files, sources and source maps included. ` +
      `Dependencies: ${listed(dependencies)}. Peers: ${listed(peerDependencies)}.`,
  ].join('\n')
}

function listed(packages: Readonly<Record<string, string>>): string {
  const names = Object.entries(packages).map(([name, range]) => `${code(name)} ${range}`)
  return names.length === 0 ? 'none' : names.join(', ')
}
