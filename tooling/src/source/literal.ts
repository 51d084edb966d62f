/** The value of an expression that is written out: objects, arrays, texts and numbers. Nothing is run. */
import type { Node } from '@babel/types'

/** What can be written out. */
export type Literal = string | number | boolean | null | readonly Literal[] | { readonly [name: string]: Literal }

/**
 * The value. Casts and `satisfies` are looked through.
 * @throws Error for anything that would have to be run.
 */
export function literalOf(node: Node): Literal {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value
    case 'NullLiteral':
      return null
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return literalOf(node.expression)
    case 'ArrayExpression':
      return node.elements.map((element) => (element === null ? null : literalOf(element)))
    case 'ObjectExpression':
      return Object.fromEntries(
        node.properties.map((property) => {
          if (property.type !== 'ObjectProperty' || property.computed) throw unwritten(property)
          const { key } = property
          if (key.type !== 'Identifier' && key.type !== 'StringLiteral') throw unwritten(key)
          return [key.type === 'Identifier' ? key.name : key.value, literalOf(property.value)]
        }),
      )
    default:
      throw unwritten(node)
  }
}

function unwritten({ type, loc }: Node): Error {
  return new Error(`line ${loc?.start.line}: ${type} (expected: a value that is written out)`)
}
