/**
 * A bill of materials per package, as CycloneDX 1.6: what npm installs with it, by name, version, licence and checksum. Written by hand, since `npm sbom`
 * describes a checkout with its development tools and gives each run a number and a time; the same tarball shall always have the same bill, so that both,
 * which the format does not ask for, are left out.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Installed, installedWith } from './installed.ts'
import type { ReleasedManifest } from './manifests.ts'

/** A package that is released. */
export interface Released {
  /** Its manifest as packed. */
  readonly manifest: ReleasedManifest
  /** Absolute path of the .tgz. */
  readonly path: string
}

/**
 * The bill of one package.
 *
 * @param root checkout that the tarballs come from
 * @param folder of the package: `packages/core`
 * @param released all packages of the release
 */
export function billOf(root: string, folder: string, released: readonly Released[]): object {
  const installed = installedWith(root, folder)
  const [own, ...others] = installed
  const ranges = released.find(({ manifest }) => manifest.name === own?.name)?.manifest.peerDependencies ?? {}
  const byPath = new Map(installed.map((one) => [one.path, locator(one)] as const))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: own && component(own, released) },
    components: others.map((one) => {
      const range = ranges[one.name]
      // The user's project decides on the version; named is the one that the release was tested with.
      const properties = range === undefined ? {} : { properties: [{ name: 'evenkeel:peer-range', value: range }] }
      return { ...component(one, released), scope: 'required', ...properties }
    }),
    dependencies: installed.map((one) => ({
      ref: locator(one),
      dependsOn: one.requires.map((path) => byPath.get(path)),
    })),
  }
}

function component(one: Installed, released: readonly Released[]): object {
  const { name, version, licence } = one
  return {
    type: 'library',
    'bom-ref': locator(one),
    name,
    version,
    licenses: [/ /.test(licence) ? { expression: licence } : { license: { id: licence } }],
    purl: locator(one),
    hashes: [{ alg: 'SHA-512', content: sha512(one, released) }],
  }
}

/** Of a package of the release from its tarball, of others from the lockfile. */
function sha512({ name, integrity }: Installed, released: readonly Released[]): string {
  const own = released.find(({ manifest }) => manifest.name === name)
  if (own !== undefined) return createHash('sha512').update(readFileSync(own.path)).digest('hex')
  const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? '') ?? []
  if (base64 === undefined) throw new Error(`${name}: integrity ${integrity} (expected: sha512 in package-lock.json)`)
  return Buffer.from(base64, 'base64').toString('hex')
}

/** The package URL: `pkg:npm/%40evenkeel/core@0.1.0`. */
function locator({ name, version }: Installed): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}
