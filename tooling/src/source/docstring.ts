/** The documentation comment in front of a declaration or a field: its words and its tags. */
import type { Comment, Node } from '@babel/types'

/** What a docstring says. */
export interface Docstring {
  /** What stands in front of the tags, on one line; lists keep their lines. */
  readonly text: string
  /** Values by tag, `defaultValue` for `@defaultValue`; a tag may stand several times. */
  readonly tags: ReadonlyMap<string, readonly string[]>
}

// Only these: an `@` in front of anything else is a package, an address or a mention.
const tag = /(?:^|\s)@(defaultValue|throws|param|returns|see|example|internal)(?=\s|$)/g

/** The last documentation comment in front of the node, if there is one. */
export function docstringOf({ leadingComments }: Pick<Node, 'leadingComments'>): Docstring | undefined {
  const comment = leadingComments?.findLast(isDocumentation)
  return comment === undefined ? undefined : parseDocstring(comment.value)
}

/** Parses what stands between the slashes, `* ... ` with or without its stars. */
export function parseDocstring(comment: string): Docstring {
  const text = comment
    .replace(/^\*+/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
  const found = [...text.matchAll(tag)]
  const tags = new Map<string, readonly string[]>()
  for (const [index, match] of found.entries()) {
    const name = match[1] ?? ''
    const value = text.slice(match.index + match[0].length, found[index + 1]?.index ?? text.length)
    tags.set(name, [...(tags.get(name) ?? []), oneLine(value)])
  }
  return { text: oneLine(text.slice(0, found[0]?.index ?? text.length)), tags }
}

function isDocumentation({ type, value }: Comment): boolean {
  return type === 'CommentBlock' && value.startsWith('*')
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\n(?!\s*-)/g, ' ')
    .replaceAll(/[ \t]+/g, ' ')
    .trim()
}
