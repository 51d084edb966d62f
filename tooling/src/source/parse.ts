/**
 * Reads TypeScript files as syntax trees. TypeScript 7 has no interface for programs, so the parser is Babel's; nothing is resolved
 * or typed, which is all that docstrings, imports and tables need.
 */
import { readFileSync, statSync } from 'node:fs'
import { parse } from '@babel/parser'
import type { File, Node } from '@babel/types'

/** A file and its tree. */
export interface Source {
  /** Absolute. */
  readonly path: string
  readonly text: string
  readonly tree: File
}

const read = new Map<string, { readonly source: Source; readonly version: string }>()

/** Reads a file once per version of it: several readers ask for the same files. */
export function readSource(path: string): Source {
  const { mtimeMs, size } = statSync(path)
  const version = `${mtimeMs} ${size}`
  const known = read.get(path)
  if (known?.version === version) return known.source
  const source = parseSource(path, readFileSync(path, 'utf8'))
  read.set(path, { source, version })
  return source
}

/** Parses a text; an error names the file and the place. */
function parseSource(path: string, text: string): Source {
  try {
    return { path, text, tree: parse(text, { sourceType: 'module', plugins: ['typescript'] }) }
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

/** The text of a node, on one line. */
export function textOf({ text }: Source, { start, end }: Pick<Node, 'start' | 'end'>): string {
  return text.slice(start ?? 0, end ?? 0).replaceAll(/\s+/g, ' ')
}

/** Calls `visit` for the node and everything below it. Stops below a node for which it answers `skip`. */
export function walk(node: Node, visit: (node: Node) => 'skip' | undefined): void {
  if (visit(node) === 'skip') return
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit)
  }
}

function isNode(value: unknown): value is Node {
  const { type, start } = Object(value) as { readonly type?: unknown; readonly start?: unknown }
  // Comments have a type too, and hang on the nodes beside them.
  return typeof type === 'string' && typeof start === 'number' && !type.startsWith('Comment')
}
