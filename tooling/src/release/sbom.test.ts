import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { billOf, type Released } from './sbom.ts'

let root = ''
let released: readonly Released[] = []
const peers = { '@evenkeel/core': '^0.1.0', far: '^1.0.0' }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sbom-'))
  plantJson('packages/core/package.json', { name: '@evenkeel/core', version: '0.1.0', license: 'Apache-2.0' })
  plantJson('packages/near/package.json', {
    name: '@evenkeel/near',
    version: '0.1.0',
    license: 'Apache-2.0',
    peerDependencies: peers,
  })
  plantJson('node_modules/far/package.json', { name: 'far', version: '1.2.0', license: 'MIT OR ISC' })
  plantLock(`sha512-${Buffer.from('far').toString('base64')}`)
  released = ['core', 'near'].map((name) => {
    writeFileSync(join(root, `${name}.tgz`), name)
    const peerDependencies = name === 'near' ? { peerDependencies: peers } : {}
    return {
      manifest: { name: `@evenkeel/${name}`, version: '0.1.0', ...peerDependencies },
      path: join(root, `${name}.tgz`),
    }
  })
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a bill names the package and all that npm installs with it, each with its checksum', () => {
  const core = 'pkg:npm/%40evenkeel/core@0.1.0'
  const near = 'pkg:npm/%40evenkeel/near@0.1.0'
  expect(billOf(root, 'packages/near', released)).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { purl: near, licenses: [{ license: { id: 'Apache-2.0' } }], hashes: [hash('near')] } },
    components: [
      { purl: core, hashes: [hash('core')], properties: [{ name: 'evenkeel:peer-range', value: '^0.1.0' }] },
      {
        purl: 'pkg:npm/far@1.2.0',
        licenses: [{ expression: 'MIT OR ISC' }],
        hashes: [{ alg: 'SHA-512', content: Buffer.from('far').toString('hex') }],
      },
    ],
    dependencies: [
      { ref: near, dependsOn: [core, 'pkg:npm/far@1.2.0'] },
      { ref: core, dependsOn: [] },
      { ref: 'pkg:npm/far@1.2.0', dependsOn: [] },
    ],
  })
})

test('a bill has nothing that differs between runs', () => {
  const bill = billOf(root, 'packages/near', released)
  expect(bill).toEqual(billOf(root, 'packages/near', released))
  expect(bill).not.toHaveProperty('serialNumber')
  expect(bill).not.toHaveProperty('metadata.timestamp')
})

test('what the lockfile has no checksum of is in no bill', () => {
  plantLock('sha1-abc')
  expect(() => billOf(root, 'packages/near', released)).toThrow(
    'far: integrity sha1-abc (expected: sha512 in package-lock.json)',
  )
})

function hash(text: string): object {
  return { alg: 'SHA-512', content: createHash('sha512').update(text).digest('hex') }
}

function plantLock(integrity: string): void {
  plantJson('package-lock.json', {
    packages: {
      'node_modules/@evenkeel/core': { link: true, resolved: 'packages/core' },
      'node_modules/far': { integrity },
    },
  })
}

function plantJson(path: string, value: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), JSON.stringify(value))
}
