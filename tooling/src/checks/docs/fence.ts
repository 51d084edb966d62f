/** Code fences of a Markdown text, as CommonMark has them; the text of a documentation comment is Markdown too. */

/** A fence and where it stands. */
export interface Fence {
  /** What follows the opening marks: `ts run`. */
  readonly info: string
  /** Between the marks, without the indentation of the opening ones; every line ends. */
  readonly text: string
  /** Line of the opening marks, counted from 1. */
  readonly line: number
}

/** Something that is wrong in a file. */
export interface Problem {
  /** From the root. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** What was found in a text; a problem has no file yet. */
export interface Fences {
  readonly fences: readonly Fence[]
  readonly problems: readonly Omit<Problem, 'file'>[]
}

const opening = /^(\s*)(`{3,}|~{3,})\s*([^`]*)$/
// Code in it would escape every check, and quotations have no need of code.
const quoted = /^\s*>[\s>]*(`{3,}|~{3,})/

/** Finds the fences. A fence that is not closed, or stands in a quotation, is a problem. */
export function fencesOf(markdown: string): Fences {
  const fences: Fence[] = []
  const problems: Omit<Problem, 'file'>[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (quoted.test(line)) problems.push({ line: at + 1, text: 'a fence in a quotation (expected: one outside)' })
    const [, indent = '', marks, info = ''] = opening.exec(line) ?? []
    if (marks === undefined) continue
    const closing = new RegExp(`^\\s*${marks[0]}{${marks.length},}\\s*$`)
    const length = lines.slice(at + 1).findIndex((following) => closing.test(following))
    if (length < 0) {
      problems.push({ line: at + 1, text: `a fence without an end (expected: ${marks} on a line of its own)` })
      break
    }
    const text = lines.slice(at + 1, at + 1 + length).map((inside) => `${withoutIndent(inside, indent.length)}\n`)
    fences.push({ info: info.trim(), text: text.join(''), line: at + 1 })
    at += length + 1
  }
  return { fences, problems }
}

function withoutIndent(line: string, width: number): string {
  const own = line.length - line.trimStart().length
  return line.slice(Math.min(width, own))
}
