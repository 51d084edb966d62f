/** What a file imports and re-exports, and from where. */
import type { Source } from './parse.ts'

/** One import or re-export. */
export interface Import {
  /** As written: `./clock.ts`, `@evenkeel/core`. */
  readonly from: string
  /** The names as the other file exports them; empty for `*` and for an import for its effects. */
  readonly names: readonly string[]
  readonly kind: 'import' | 'export' | 'export-all'
}

/** In the order of the file. */
export function importsOf({ tree }: Source): readonly Import[] {
  return tree.program.body.flatMap((statement): readonly Import[] => {
    if (statement.type === 'ImportDeclaration') {
      const names = statement.specifiers.flatMap((specifier) =>
        specifier.type === 'ImportSpecifier' ? [nameOf(specifier.imported)] : [],
      )
      return [{ from: statement.source.value, names, kind: 'import' }]
    }
    if (statement.type === 'ExportAllDeclaration')
      return [{ from: statement.source.value, names: [], kind: 'export-all' }]
    if (statement.type !== 'ExportNamedDeclaration' || statement.source == null) return []
    const names = statement.specifiers.flatMap((specifier) =>
      specifier.type === 'ExportSpecifier' ? [nameOf(specifier.local)] : [],
    )
    return [{ from: statement.source.value, names, kind: 'export' }]
  })
}

function nameOf(node: { readonly type: string; readonly name?: string; readonly value?: string }): string {
  return node.name ?? node.value ?? ''
}
