import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkReady, checkReleaseSetup } from './setup.ts'

let root = ''
const commit = '0123456789abcdef0123456789abcdef01234567'
const core = { name: '@evenkeel/core', repository: { url: 'git+https://example.org/core.git' } }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'release-setup-'))
  plantJson('.changeset/config.json', { fixed: [['@evenkeel/core', '@evenkeel/probes']] })
  plantJson('packages/core/package.json', core)
  plantJson('packages/probes/package.json', { ...core, name: '@evenkeel/probes' })
  plantJson('packages/private/package.json', { name: '@evenkeel/private', private: true })
  plantWorkflow(`owner/name@${commit} # v1.2.3`)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('pinned actions, a whole group and complete manifests are ready', () => {
  expect(checkReleaseSetup(root)).toEqual({ ok: true, output: '' })
  expect(checkReady(root)).toEqual({ ok: true, output: '' })
})

test.each(['owner/name@v1', `owner/name@${commit}`, 'owner/name@main # v1.2.3', 'owner/name@0123456 # v1.2.3'])(
  'an action that is not pinned by a commit with its version is an error: %s',
  (action) => {
    plantWorkflow(action)
    expect(checkReleaseSetup(root)).toEqual({
      ok: false,
      output: `.github/workflows/ci.yml:6: uses ${action} (expected: a commit of 40 digits and its version, \`owner/name@0123... # v1.2.3\`)`,
    })
  },
)

test('an action of this repository needs no pin', () => {
  plantWorkflow('./.github/actions/own')
  expect(checkReleaseSetup(root).ok).toBe(true)
})

test('a commit to be filled in passes every day, but no release', () => {
  plantWorkflow('owner/name@FILL-IN # v1.2.3')
  expect(checkReleaseSetup(root).ok).toBe(true)
  expect(checkReady(root)).toEqual({
    ok: false,
    output: '.github/workflows/ci.yml: FILL-IN remains (expected: see docs/releasing.md)',
  })
})

test('a workflow with all permissions is an error', () => {
  plant('.github/workflows/ci.yml', 'jobs: {}\n')
  expect(checkReleaseSetup(root).output).toBe(
    '.github/workflows/ci.yml: no permissions (expected: `permissions: {}` at the top)',
  )
})

test('a public package outside of the fixed group is an error', () => {
  plantJson('.changeset/config.json', { fixed: [['@evenkeel/core']] })
  expect(checkReleaseSetup(root).output).toBe(
    '.changeset/config.json: fixed [["@evenkeel/core"]] (expected: [["@evenkeel/core","@evenkeel/probes"]])',
  )
})

test('a script that runs at installation is an error', () => {
  plantJson('packages/core/package.json', { ...core, scripts: { postinstall: 'node surprise.js' } })
  expect(checkReleaseSetup(root).output).toBe(
    '@evenkeel/core: has the script postinstall (expected: no script that runs at installation)',
  )
})

test('without a repository nothing is published', () => {
  plantJson('packages/core/package.json', { name: '@evenkeel/core' })
  expect(checkReady(root)).toEqual({
    ok: false,
    output: '@evenkeel/core: repository.url undefined (expected: git+https://... of the repository that publishes)',
  })
})

function plantWorkflow(action: string): void {
  plant('.github/workflows/ci.yml', `permissions: {}\njobs:\n  run:\n    steps:\n\n      - uses: ${action}\n`)
}

function plantJson(path: string, value: unknown): void {
  plant(path, JSON.stringify(value))
}

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
