/** One file of declarations as `tsc` writes it, read: what it declares, what it exports and from where, what it imports. */
import { readFileSync } from 'node:fs'
import { type ParseResult, parse } from '@babel/parser'
import type { Declaration, ExportNamedDeclaration, File, ImportDeclaration, Node, Statement } from '@babel/types'

/** A file of declarations. Exports and imports that the house does not use (default, `=`, namespaces) are refused on reading. */
export interface DeclarationFile {
  /** Absolute. */
  readonly path: string
  readonly text: string
  readonly tree: ParseResult<File>
  /** By the name inside the file; overloads of a function are one entry, in their order. */
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>
  /** By the name outside the file. */
  readonly exports: ReadonlyMap<string, ExportedName>
  /** Modules of which everything is exported: `export * from`. */
  readonly stars: readonly string[]
  /** By the name inside the file. */
  readonly imports: ReadonlyMap<string, ImportedName>
}

/** What an exported name stands for. */
export interface ExportedName {
  /** The module that has it; undefined for the file itself. */
  readonly from: string | undefined
  /** Its name there. */
  readonly name: string
  /** Exported with `export type`: nothing of it exists at run time. */
  readonly typeOnly: boolean
}

/** What an imported name stands for; `name` is `*` for a whole module. */
export interface ImportedName {
  readonly from: string
  readonly name: string
}

/** Reads the file. Throws for a file that is missing, does not parse, or exports in a way that has no name. */
export function readDeclarationFile(path: string): DeclarationFile {
  const text = readFileSync(path, 'utf8')
  const tree = parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] })
  const reading = new Reading(path)
  for (const statement of tree.program.body) reading.take(statement)
  return { path, text, tree, ...reading }
}

/** What declares a name. */
type Declared = Exclude<Declaration, ImportDeclaration | ExportNamedDeclaration>

class Reading {
  readonly declarations = new Map<string, Declaration[]>()
  readonly exports = new Map<string, ExportedName>()
  readonly stars: string[] = []
  readonly imports = new Map<string, ImportedName>()
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  take(statement: Statement): void {
    if (statement.type === 'ImportDeclaration') this.#import(statement)
    else if (statement.type === 'ExportAllDeclaration') this.stars.push(statement.source.value)
    else if (statement.type === 'ExportNamedDeclaration') this.#export(statement)
    else if (/^(ExportDefaultDeclaration|TSExportAssignment|TSNamespaceExportDeclaration)$/.test(statement.type))
      throw this.#refusal(statement)
    else this.#declare(statement as Declared)
  }

  #import(statement: ImportDeclaration): void {
    const from = statement.source.value
    for (const specifier of statement.specifiers) {
      const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : '*'
      this.imports.set(specifier.local.name, { from, name })
    }
  }

  #export(statement: ExportNamedDeclaration): void {
    const from = statement.source?.value
    if (statement.declaration) {
      for (const name of this.#declare(statement.declaration as Declared))
        this.exports.set(name, { from: undefined, name, typeOnly: false })
    }
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ExportSpecifier') throw this.#refusal(specifier)
      const typeOnly = statement.exportKind === 'type' || specifier.exportKind === 'type'
      const name = nameOf(specifier.local)
      this.exports.set(nameOf(specifier.exported), { from, name, typeOnly })
    }
  }

  #refusal({ type, loc }: Node): Error {
    return new Error(`${this.#path}:${loc?.start.line}: ${type} (expected: named exports)`)
  }

  #declare(declaration: Declared): readonly string[] {
    const names = namesOf(declaration)
    for (const name of names) {
      const known = this.declarations.get(name)
      if (known === undefined) this.declarations.set(name, [declaration])
      else known.push(declaration)
    }
    return names
  }
}

function namesOf(declaration: Declared): readonly string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  if (!('id' in declaration) || !declaration.id) return []
  return 'name' in declaration.id ? [declaration.id.name] : []
}

function nameOf(node: { readonly type: string; readonly name?: string; readonly value?: string }): string {
  return node.name ?? node.value ?? ''
}
