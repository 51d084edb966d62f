/** The table of error codes in core, and which package may raise which. */
import { join } from 'node:path'
import type { Node } from '@babel/types'
import { type Declared, declarationsOf } from './declarations.ts'
import { docstringOf } from './docstring.ts'
import { importsOf } from './imports.ts'
import { literalOf } from './literal.ts'
import { declarationsNamed, sourceFiles, workspaces } from './package-sources.ts'
import { readSource, textOf, walk } from './parse.ts'

/** A row of the table `errorCodes`. */
export interface ErrorRow {
  readonly code: string
  readonly means: string
  readonly faults: readonly string[]
  readonly fates: readonly string[]
  readonly next: string
}

const core = 'packages/core'
const coreName = '@evenkeel/core'
// These know every code by their trade: naming one of them raises none.
const registers: readonly string[] = ['errorCodes', 'ErrorCode', 'EvenkeelError']

/** The rows in the table's order. */
export function errorTable(root: string): readonly ErrorRow[] {
  const [declared] = declarationsNamed(join(root, core), 'errorCodes')
  if (declared?.node.type !== 'VariableDeclarator' || declared.node.init == null)
    throw new Error(`${core}: no table errorCodes (expected: in src/errors.ts)`)
  const rows = literalOf(declared.node.init) as Readonly<Record<string, Omit<ErrorRow, 'code'>>>
  return Object.entries(rows).map(([code, { means, faults, fates, next }]) => {
    if ([means, faults, fates, next].includes(undefined as never))
      throw new Error(`errorCodes.${code} (expected: means, faults, fates and next)`)
    return { code, means, faults, fates, next }
  })
}

/**
 * Codes that the package raises: those that its own code names or its docstrings promise as `@throws`, and those that functions of core which
 * make errors for it know.
 */
export function raisedBy(root: string, folder: string): readonly string[] {
  const known = errorTable(root).map(({ code }) => code)
  const found = new Set<string>()
  const imported = new Set<string>()
  for (const path of sourceFiles(join(root, folder))) {
    const source = readSource(path)
    for (const declared of declarationsOf(source)) collect(declared, found)
    for (const { from, names } of importsOf(source)) if (from === coreName) for (const name of names) imported.add(name)
  }
  for (const name of imported)
    for (const declared of declarationsNamed(join(root, core), name))
      if (makesErrors(declared)) collectReachable(declared, found)
  return known.filter((code) => found.has(code))
}

/** Codes of warnings, with the folder of the package that says them: what looks like a code and is not in the table. */
export function warningCodes(root: string): readonly { readonly code: string; readonly folder: string }[] {
  const errors = errorTable(root).map(({ code }) => code)
  return workspaces(root, 'packages').flatMap((folder) => {
    const found = new Set<string>()
    for (const path of sourceFiles(join(root, folder)))
      for (const declared of declarationsOf(readSource(path))) collect(declared, found)
    return [...found].filter((code) => !errors.includes(code)).map((code) => ({ code, folder }))
  })
}

/** Those that throw are core's own affair: `parseTarget` refuses a text, whoever asks. */
function makesErrors({ node, source }: Declared): boolean {
  return (
    node.type === 'FunctionDeclaration' &&
    node.returnType?.type === 'TSTypeAnnotation' &&
    textOf(source, node.returnType.typeAnnotation) === 'EvenkeelError'
  )
}

/** With the declarations of the same file that this one uses: a table of texts beside a function. */
function collectReachable(declared: Declared, found: Set<string>): void {
  const beside = new Map(declarationsOf(declared.source).map((each) => [each.name, each]))
  const seen = new Set<string>(registers)
  const queue = [declared]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next.name)) continue
    seen.add(next.name)
    collect(next, found)
    walk(next.node, (node) => {
      const other = node.type === 'Identifier' ? beside.get(node.name) : undefined
      if (other !== undefined) queue.push(other)
      return undefined
    })
  }
}

function collect({ name, node, docstring }: Declared, found: Set<string>): void {
  if (registers.includes(name)) return
  for (const thrown of docstring?.tags.get('throws') ?? []) addCodes(thrown, found)
  walk(node, (inner) => {
    for (const text of textsOf(inner)) addCodes(text, found)
    return undefined
  })
}

function textsOf(node: Node): readonly string[] {
  return [...(node.type === 'StringLiteral' ? [node.value] : []), ...(docstringOf(node)?.tags.get('throws') ?? [])]
}

function addCodes(text: string, found: Set<string>): void {
  for (const [code] of text.matchAll(/\bEVENKEEL_[A-Z_]+\b/g)) found.add(code)
}
