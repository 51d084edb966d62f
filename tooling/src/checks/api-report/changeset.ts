/**
 * A change of what users see comes with a sentence for them: whoever changes `packages/<folder>/api.md` adds or changes a changeset
 * that names the package, or does so afterwards. A release, which turns the changesets into CHANGELOG.md, needs none.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../steps.ts'

/** What is wrong in the package of this folder: no or one complaint. Outside of git, and where the history does not reach, nothing. */
export function missingChangeset(root: string, folder: string): readonly string[] {
  const report = `packages/${folder}/api.md`
  if (!existsSync(join(root, report)) || !git(root, ['rev-parse', '--is-inside-work-tree']).ok) return []
  const change = uncommitted(root, report) ?? lastCommit(root, report)
  if (change === undefined) return []
  const { name } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as { name: string }
  const isReleased = change.files.some(({ path }) => path === `packages/${folder}/CHANGELOG.md`)
  const isDescribed = change.files.some(({ path, read }) => isChangeset(path) && names(read(), name))
  if (isReleased || isDescribed) return []
  return [`${report}: changed in ${change.title} without a changeset (expected: a file in .changeset/ for ${name})`]
}

/** What was added or changed together with a report, and since. */
interface Change {
  /** As in a message: `the working tree`, `commit 1234567`. */
  readonly title: string
  readonly files: readonly ChangedFile[]
}

interface ChangedFile {
  readonly path: string
  read(): string
}

/** What is not committed yet, if the report is among it. */
function uncommitted(root: string, report: string): Change | undefined {
  const files = changedFiles(root)
  return files.some(({ path }) => path === report) ? { title: 'the working tree', files } : undefined
}

function changedFiles(root: string): readonly ChangedFile[] {
  const { output } = git(root, ['status', '--porcelain', '--untracked-files=all', '--no-renames'])
  const lines = output.split('\n').filter((line) => line !== '' && !line.slice(0, 2).includes('D'))
  return lines.map((line) => {
    const path = line.slice(3)
    return { path, read: () => readFileSync(join(root, path), 'utf8') }
  })
}

/** The commit that changed the report last, with everything since: a forgotten changeset can be added. */
function lastCommit(root: string, report: string): Change | undefined {
  const commit = git(root, ['log', '-1', '--format=%H', '--', report]).output.trim()
  if (commit === '' || isCutOff(root, commit)) return undefined
  const files = [...committedFiles(root, ['--no-walk', commit]), ...committedFiles(root, [`${commit}..HEAD`])]
  return { title: `commit ${commit.slice(0, 7)}`, files: [...files, ...changedFiles(root)] }
}

/** Changesets and changelogs of some commits, by one call however many there are. */
function committedFiles(root: string, which: readonly string[]): readonly ChangedFile[] {
  // A merge of two branches that both changed the report is its last change; what came in by it counts.
  const options = ['--format=commit %H', '--name-only', '--no-renames', '--diff-filter=d', '--diff-merges=first-parent']
  const { output } = git(root, ['log', ...options, ...which, '--', '.changeset', 'packages/*/CHANGELOG.md'])
  const files: ChangedFile[] = []
  let commit = ''
  for (const line of output.split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length)
    else if (line !== '') files.push(fileOf(root, commit, line))
  }
  return files
}

function fileOf(root: string, commit: string, path: string): ChangedFile {
  return { path, read: () => git(root, ['show', `${commit}:${path}`]).output }
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
