/**
 * A change of what users see comes with a sentence for them: whoever changes `packages/<folder>/api.md` adds or changes a changeset
 * that names the package. A release, which turns the changesets into CHANGELOG.md, needs none.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../steps.ts'

/** What is wrong in the package of this folder: no or one complaint. Outside of git, and where the history does not reach, nothing. */
export function missingChangeset(root: string, folder: string): readonly string[] {
  const report = `packages/${folder}/api.md`
  if (!existsSync(join(root, report)) || !git(root, ['rev-parse', '--is-inside-work-tree']).ok) return []
  const change = uncommitted(root, report) ?? lastCommit(root, report)
  if (change === undefined) return []
  const { name } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as { name: string }
  const isReleased = change.paths.includes(`packages/${folder}/CHANGELOG.md`)
  const isDescribed = change.paths.some((path) => isChangeset(path) && names(change.read(path), name))
  if (isReleased || isDescribed) return []
  return [`${report}: changed in ${change.title} without a changeset (expected: a file in .changeset/ for ${name})`]
}

/** Files that were added or changed together. */
interface Change {
  /** As in a message: `the working tree`, `commit 1234567`. */
  readonly title: string
  readonly paths: readonly string[]
  read(path: string): string
}

/** What is not committed yet, if the report is among it. */
function uncommitted(root: string, report: string): Change | undefined {
  const { output } = git(root, ['status', '--porcelain', '--untracked-files=all', '--no-renames'])
  const lines = output.split('\n').filter((line) => line !== '' && !line.slice(0, 2).includes('D'))
  const paths = lines.map((line) => line.slice(3))
  if (!paths.includes(report)) return undefined
  return { title: 'the working tree', paths, read: (path) => readFileSync(join(root, path), 'utf8') }
}

function lastCommit(root: string, report: string): Change | undefined {
  const commit = git(root, ['log', '-1', '--format=%H', '--', report]).output.trim()
  if (commit === '' || isCutOff(root, commit)) return undefined
  const changed = [
    'diff-tree',
    '--root',
    '--no-commit-id',
    '--name-only',
    '-r',
    '--diff-filter=d',
    '--no-renames',
    commit,
  ]
  return {
    title: `commit ${commit.slice(0, 7)}`,
    paths: git(root, changed).output.split('\n'),
    read: (path) => git(root, ['show', `${commit}:${path}`]).output,
  }
}

/** Where a shallow clone ends, a commit seems to have added every file. */
function isCutOff(root: string, commit: string): boolean {
  const path = join(root, git(root, ['rev-parse', '--git-path', 'shallow']).output.trim())
  return existsSync(path) && readFileSync(path, 'utf8').includes(commit)
}

function isChangeset(path: string): boolean {
  return /^\.changeset\/[^/]+\.md$/.test(path) && path !== '.changeset/README.md'
}

/** The head of a changeset has a line for each package: `'@evenkeel/core': minor`. */
function names(text: string, name: string): boolean {
  const [, head = ''] = text.split(/^---$/m)
  return head.split('\n').some((line) => line.replaceAll(/['"]/g, '').startsWith(`${name}:`))
}

function git(root: string, parameters: readonly string[]): ReturnType<typeof command> {
  return command('git', ['--no-optional-locks', '-c', 'core.quotePath=false', ...parameters], { directory: root })
}
