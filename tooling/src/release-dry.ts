/**
 * A release up to the moment before publishing: `npm run release:dry`. From what is committed it versions, builds and packs every public package, does so a
 * second time from scratch in another path, checks that both give the same bytes, and leaves tarballs, bills of materials and SHA256SUMS in `.cache/release`.
 *
 * - `--into <folder>` leaves them elsewhere.
 * - `--ready` fails if something is left to be filled in before packages can be published; without it that is only said.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkManifest, packAll, type Tarball } from './packed/tarballs.ts'
import { buildRelease } from './release/checkout.ts'
import { installedWith, publicFolders } from './release/installed.ts'
import { checkNoInstallScripts, checkPeerRanges } from './release/manifests.ts'
import { checkSameBytes, sha256 } from './release/same-bytes.ts'
import { billOf } from './release/sbom.ts'
import { checkReady, checkReleaseSetup } from './release/setup.ts'
import { runSteps } from './steps.ts'

const { values } = parseArgs({ options: { into: { type: 'string' }, ready: { type: 'boolean' } } })
const root = join(import.meta.dirname, '../..')
const { into = join(root, '.cache/release') } = values
const directory = mkdtempSync(join(tmpdir(), 'release-'))
const first = join(directory, 'first')
// Another length and depth, in case a path finds its way into a file.
const second = join(directory, 'somewhere/else/second')

try {
  if (!(await release(resolve(into)))) process.exitCode = 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function release(folder: string): Promise<boolean> {
  const built = await runSteps(
    [
      { name: 'version and build', run: () => buildRelease(root, first) },
      { name: 'version and build again', run: () => buildRelease(root, second) },
    ],
    { atOnce: 2 },
  )
  if (!built) return false
  const tarballs = packAll(first, join(directory, 'packed'))
  const again = packWithOtherMask()
  const manifests = tarballs.map(({ manifest }) => manifest)
  const ready = checkReady(first)
  const passed = await runSteps([
    { name: 'workflows, fixed group', run: () => checkReleaseSetup(first) },
    ...tarballs.map((tarball) => ({ name: `${tarball.name} manifest`, run: () => checkManifest(tarball) })),
    { name: 'no install scripts', run: () => checkNoInstallScripts(manifests) },
    { name: 'peer ranges', run: () => checkPeerRanges(manifests) },
    { name: 'same bytes', run: () => checkSameBytes(tarballs, again) },
    ...(values.ready ? [{ name: 'nothing left to fill in', run: () => ready }] : []),
  ])
  if (!passed) return false
  write(folder, tarballs)
  if (!ready.ok) console.log(`\nNot ready to be published, see docs/releasing.md:\n${ready.output}`)
  return true
}

/** On another machine new files may have other permissions. */
function packWithOtherMask(): readonly Tarball[] {
  const mask = process.umask(0o077)
  try {
    return packAll(second, join(directory, 'packed-again'))
  } finally {
    process.umask(mask)
  }
}

/** Tarballs, a bill beside each, the checksums of all, and a table on standard output. */
function write(folder: string, tarballs: readonly Tarball[]): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  console.log(
    `\n| package | version | tarball | bytes | files | packages installed | SHA-256 |\n|---|---|---|---|---|---|---|`,
  )
  for (const packageFolder of publicFolders(first)) {
    const installed = installedWith(first, packageFolder)
    const tarball = tarballs.find(({ name }) => name === installed[0]?.name)
    if (tarball === undefined) throw new Error(`${packageFolder} was not packed`)
    const { name, path, contents, manifest } = tarball
    const file = basename(path)
    cpSync(path, join(folder, file))
    const bill = billOf(first, packageFolder, tarballs)
    writeFileSync(join(folder, file.replace('.tgz', '.cdx.json')), `${JSON.stringify(bill, undefined, 2)}\n`)
    const files = readdirSync(contents, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const cells = [name, manifest.version, file, statSync(path).size, files.length, installed.length, sha256(path)]
    console.log(`| ${cells.join(' | ')} |`)
  }
  const sums = readdirSync(folder)
    .sort()
    .map((file) => `${sha256(join(folder, file))}  ${file}\n`)
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''))
}
