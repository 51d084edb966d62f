/**
 * The budgets of CONTRIBUTING.md that no linter knows: size of files and folders, names, and the same shape for every
 * package. A good file that grows past its limit is split while it is still one idea.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { StepOutcome } from './steps.ts'

/** Beyond this a file holds more than one idea; the median is far below. Tests do not count. */
const maxLines = 300
/** Beyond this a folder is a list instead of a room; tests do not count. */
const maxFiles = 12
const packageFiles = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsup.config.ts',
  'turbo.json',
  'README.md',
]

/** Checks every source folder of the checkout at `root`. */
export function checkConventions(root: string): StepOutcome {
  const packages = directories(join(root, 'packages'))
  const folders = [...packages, ...directories(join(root, 'apps')), join(root, 'tooling')].map((path) =>
    join(path, 'src'),
  )
  const complaints = [
    ...packages.flatMap((path) => missing(path)),
    ...folders.filter((path) => existsSync(path)).flatMap((path) => checkFolder(path)),
  ].map((complaint) => complaint.replaceAll(`${root}/`, ''))
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

function missing(path: string): readonly string[] {
  return packageFiles.filter((name) => !existsSync(join(path, name))).map((name) => `${path}: ${name} is missing`)
}

function checkFolder(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const sources = files.filter((name) => /\.(ts|js)$/.test(name) && !isTest(name))
  const inner = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => checkFolder(join(path, name)))
  return [
    ...(sources.length > maxFiles ? [`${path}: ${sources.length} source files (expected: <= ${maxFiles})`] : []),
    ...files.flatMap((name) => checkFile(join(path, name))),
    ...inner,
  ]
}

function checkFile(path: string): readonly string[] {
  const lines = isTest(path) ? 0 : readFileSync(path, 'utf8').split('\n').length - 1
  return [
    ...(lines > maxLines ? [`${path}: ${lines} lines (expected: <= ${maxLines})`] : []),
    ...(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)+$/.test(basename(path)) ? [] : [`${path}: the name is not kebab-case`]),
  ]
}

function isTest(path: string): boolean {
  return /\.(test|test-d|bench)\.ts$/.test(path)
}

function directories(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
}
