/** The names of types and values that a declaration mentions where a user can see them. */
import type { Declaration } from '@babel/types'
import { privateMembers } from './visible-text.ts'

/** The first identifier of every mention (`Dispatcher` of `Dispatcher.DispatchHandler`), without the declaration's own type parameters. */
export function mentions(declaration: Declaration): ReadonlySet<string> {
  const own = new Set<string>()
  const found = new Set<string>()
  visit(declaration, new Set(privateMembers(declaration)), (node) => {
    if (node.type === 'TSTypeParameter') own.add(parameterName(node))
    const name = mentioned(node)
    if (name !== undefined) found.add(name)
  })
  return new Set([...found].filter((name) => !own.has(name)))
}

/** Any node of the tree, or anything else found in one. */
interface Part {
  readonly type?: string
  readonly [key: string]: unknown
}

/** Where each kind of mention keeps its name. */
const nameFields: Readonly<Record<string, string>> = {
  TSTypeReference: 'typeName',
  TSTypeQuery: 'exprName',
  TSInterfaceHeritage: 'expression',
  TSClassImplements: 'expression',
  ClassDeclaration: 'superClass',
}

function mentioned(node: Part): string | undefined {
  const field = nameFields[node.type ?? '']
  let name = (field === undefined ? undefined : node[field]) as Part | undefined | null
  while (name && name.type !== 'Identifier') name = (name.left ?? name.object) as Part | undefined
  return name?.name as string | undefined
}

function parameterName({ name }: Part): string {
  return typeof name === 'string' ? name : String((name as Part).name)
}

function visit(value: unknown, hidden: ReadonlySet<unknown>, hear: (node: Part) => void): void {
  if (typeof value !== 'object' || value === null || hidden.has(value)) return
  const node = value as Part
  if (typeof node.type === 'string') hear(node)
  for (const [key, child] of Object.entries(node)) if (!/^(loc|\w+Comments)$/.test(key)) visit(child, hidden, hear)
}
