/** What a file declares at its top level, by name, and the fields of its interfaces. */
import type { Declaration, Node, Statement, TSType, TSTypeElement } from '@babel/types'
import { type Docstring, docstringOf } from './docstring.ts'
import { type Source, textOf } from './parse.ts'

/** A name and what it stands for. */
export interface Declared {
  readonly name: string
  readonly exported: boolean
  readonly docstring: Docstring | undefined
  /** The declaration without its `export`; for a variable its declarator. */
  readonly node: Node
  readonly source: Source
}

/** A field or method of an interface or object type. */
export interface Field {
  readonly name: string
  readonly optional: boolean
  /** As written, without `| undefined`; a method's signature. */
  readonly type: string
  readonly docstring: Docstring | undefined
  readonly node: TSTypeElement
}

/** Everything that the file declares itself; what it re-exports is declared elsewhere. */
export function declarationsOf(source: Source): readonly Declared[] {
  return source.tree.program.body.flatMap((statement) => {
    const exported = statement.type === 'ExportNamedDeclaration'
    const inner = exported ? statement.declaration : statement
    return inner == null
      ? []
      : namesOf(inner).map((found) => ({ ...found, exported, docstring: docstringOf(statement), source }))
  })
}

/** The fields that the interface or object type itself has, without those that it inherits. */
export function fieldsOf({ node, source }: Pick<Declared, 'node' | 'source'>): readonly Field[] {
  return membersOf(node).flatMap((member) => {
    if (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') return []
    const type = member.type === 'TSPropertySignature' ? member.typeAnnotation?.typeAnnotation : undefined
    return [
      {
        name: textOf(source, member.key),
        optional: member.optional === true,
        type:
          type === undefined
            ? textOf(source, member).replace(/^readonly /, '')
            : textOf(source, type).replace(/ \| undefined$/, ''),
        docstring: docstringOf(member),
        node: member,
      },
    ]
  })
}

/** What an interface extends, or an intersection or union joins. */
export interface Parent {
  readonly name: string
  /** Fields that `Omit` leaves out. */
  readonly without: readonly string[]
}

/** In their order; `Omit` and `Partial` are looked through. */
export function parentsOf({ node, source }: Pick<Declared, 'node' | 'source'>): readonly Parent[] {
  const named =
    node.type === 'TSInterfaceDeclaration'
      ? (node.extends ?? []).map(({ expression, typeArguments }) => ({ name: expression, typeArguments }))
      : partsOf(node).flatMap((part) =>
          part.type === 'TSTypeReference' ? [{ name: part.typeName, typeArguments: part.typeArguments }] : [],
        )
  return named.flatMap(({ name, typeArguments }) => {
    const text = textOf(source, name)
    const [inner, left] = typeArguments?.params ?? []
    if (inner === undefined || (text !== 'Omit' && text !== 'Partial')) return [{ name: text, without: [] }]
    const without =
      left === undefined ? [] : [...textOf(source, left).matchAll(/'([^']*)'/g)].map(([, key = '']) => key)
    return [{ name: textOf(source, inner), without }]
  })
}

function membersOf(node: Node): readonly TSTypeElement[] {
  if (node.type === 'TSInterfaceDeclaration') return node.body.body
  return partsOf(node).flatMap((part) => (part.type === 'TSTypeLiteral' ? part.members : []))
}

/** The types that an alias joins by `&`, or is one of by `|`: each may bring fields. */
function partsOf(node: Node): readonly TSType[] {
  if (node.type === 'TSTypeAliasDeclaration') return partsOf(node.typeAnnotation)
  if (node.type === 'TSIntersectionType' || node.type === 'TSUnionType') return node.types.flatMap(partsOf)
  return node.type.startsWith('TS') ? [node as TSType] : []
}

function namesOf(inner: Declaration | Statement): readonly Pick<Declared, 'name' | 'node'>[] {
  if (inner.type === 'VariableDeclaration')
    return inner.declarations.flatMap((node) => (node.id.type === 'Identifier' ? [{ name: node.id.name, node }] : []))
  const { id } = inner as { readonly id?: { readonly type: string; readonly name?: string } | null }
  return id?.type === 'Identifier' && id.name !== undefined ? [{ name: id.name, node: inner }] : []
}
