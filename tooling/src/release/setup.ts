/**
 * What stands between a commit and a release and is easily broken: workflows run nothing that somebody else can exchange, all public packages are versioned
 * together, and nothing is left to be filled in when it gets serious.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepOutcome } from '../steps.ts'
import { publicFolders } from './installed.ts'
import { checkNoInstallScripts, type ReleasedManifest } from './manifests.ts'

/** What stands where only the owner of the repository knows what to write. */
const placeholder = 'FILL-IN'

/** Checked with every commit. */
export function checkReleaseSetup(root: string): StepOutcome {
  const scripts = checkNoInstallScripts(manifestsOf(root))
  const complaints = [...workflowsOf(root).flatMap(checkWorkflow), ...checkGroup(root)]
  return { ok: scripts.ok && complaints.length === 0, output: [...complaints, scripts.output].join('\n').trim() }
}

/** Checked before anything is published: nothing is left to be filled in, and provenance can name the repository. */
export function checkReady(root: string): StepOutcome {
  const complaints = [
    ...workflowsOf(root)
      .filter(({ text }) => text.includes(placeholder))
      .map(({ path }) => `${path}: ${placeholder} remains (expected: see docs/releasing.md)`),
    ...manifestsOf(root)
      .filter(({ repository }) => repository?.url?.startsWith('git+https://') !== true)
      .map(
        ({ name, repository }) =>
          `${name}: repository.url ${repository?.url} (expected: git+https://... of the repository that publishes)`,
      ),
  ]
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

interface Workflow {
  readonly path: string
  readonly text: string
}

/** Permissions are named, and every action is pinned by a commit with its version beside it, or is a file of this repository. */
function checkWorkflow({ path, text }: Workflow): readonly string[] {
  const uses = [...text.matchAll(/^[\s-]*["']?uses["']?:\s*(.*)$/gm)].map(([line, action = '']) => ({
    line: text.slice(0, text.indexOf(line)).split('\n').length + (line.match(/^\n*/)?.[0].length ?? 0),
    action,
  }))
  return [
    ...(/^permissions:/m.test(text) ? [] : [`${path}: no permissions (expected: \`permissions: {}\` at the top)`]),
    ...uses
      .filter(({ action }) => !/^(\.\/\S+|\S+@([0-9a-f]{40}|FILL-IN)\s+# v\d+\.\d+\.\d+)$/.test(action))
      .map(
        ({ line, action }) =>
          `${path}:${line}: uses ${action} (expected: a commit of 40 digits and its version, \`owner/name@0123... # v1.2.3\`)`,
      ),
  ]
}

/** The fixed group of changesets holds every public package and no other. */
function checkGroup(root: string): readonly string[] {
  const { fixed } = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8'))
  const names = manifestsOf(root).map(({ name }) => name)
  const group = JSON.stringify([names])
  return JSON.stringify(fixed) === group
    ? []
    : [`.changeset/config.json: fixed ${JSON.stringify(fixed)} (expected: ${group})`]
}

function workflowsOf(root: string): readonly Workflow[] {
  return globSync('.github/**/*.{yml,yaml}', { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function manifestsOf(root: string): readonly ReleasedManifest[] {
  return publicFolders(root).map((folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')))
}
