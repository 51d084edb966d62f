/** Where users read code: Markdown files and the documentation comments of the packages' sources. */
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Comment } from '@babel/types'
import { sourceFiles, workspaces } from '../../source/package-sources.ts'
import { readSource } from '../../source/parse.ts'
import { type Fence, fencesOf, type Problem } from './fence.ts'

/** A Markdown file, or one documentation comment. */
export interface Page {
  /** From the root. */
  readonly file: string
  /** In their order, with the lines of the file. */
  readonly fences: readonly Fence[]
  readonly problems: readonly Problem[]
}

/** What users read. Not among it: change logs, decisions, and the reports `api.md`, which only quote. */
const markdown = ['*.md', 'packages/*/README.md', 'apps/*/README.md', 'docs/**/*.md']
const unread = /(^|\/)CHANGELOG\.md$/

/** Every page of the checkout at `root`. */
export function pagesOf(root: string): readonly Page[] {
  const files = globSync(markdown, { cwd: root })
    .filter((file) => !unread.test(file))
    .sort()
  return [
    ...files.map((file) => pageOf(file, readFileSync(join(root, file), 'utf8'), 1)),
    ...workspaces(root, 'packages').flatMap((folder) =>
      sourceFiles(join(root, folder)).flatMap((path) => commentsOf(relative(root, path), path)),
    ),
  ]
}

function commentsOf(file: string, path: string): readonly Page[] {
  const comments = readSource(path).tree.comments ?? []
  return comments.filter(isDocumentation).map(({ value, loc }) => {
    const text = value.replace(/^\*/, '').replaceAll(/^[ \t]*\* ?/gm, '')
    const firstLine = loc?.start.line ?? 1
    const page = pageOf(file, text, firstLine)
    return { ...page, problems: [...page.problems, ...bareExamples(file, text, firstLine, page.fences)] }
  })
}

/** An `@example` whose code stands in no fence would be read by nobody but its reader. */
function bareExamples(file: string, text: string, firstLine: number, fences: readonly Fence[]): readonly Problem[] {
  const tags = text.split('\n').flatMap((line, index) => {
    const [, name] = /^@(\w+)/.exec(line) ?? []
    return name === undefined ? [] : [{ name, line: firstLine + index }]
  })
  // An `@` at the beginning of a line within a fence is a decorator.
  const outside = tags.filter(({ line }) => !fences.some((fence) => line > fence.line && line < endOf(fence)))
  return outside.flatMap(({ name, line }, index) => {
    const end = outside[index + 1]?.line ?? Number.POSITIVE_INFINITY
    if (name !== 'example' || fences.some((fence) => fence.line > line && fence.line < end)) return []
    return [{ file, line, text: '@example without a fence (expected: ```ts and its code)' }]
  })
}

function endOf({ line, text }: Fence): number {
  return line + text.split('\n').length
}

function pageOf(file: string, text: string, firstLine: number): Page {
  const { fences, problems } = fencesOf(text)
  return {
    file,
    fences: fences.map((fence) => ({ ...fence, line: fence.line + firstLine - 1 })),
    problems: problems.map((problem) => ({ ...problem, file, line: problem.line + firstLine - 1 })),
  }
}

function isDocumentation({ type, value }: Comment): boolean {
  return type === 'CommentBlock' && value.startsWith('*')
}
