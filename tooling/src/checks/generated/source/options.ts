/**
 * `options FOLDER NAME`: the options of one interface, from its docstrings. `options FOLDER`: those of every interface whose name ends with
 * `Options` and that the package exports, each under a heading.
 */
import { join } from 'node:path'
import { code, table } from '../../../markdown/table.ts'
import { type Declared, type Field, fieldsOf, parentsOf } from '../../../source/declarations.ts'
import { importsOf } from '../../../source/imports.ts'
import { declarationsNamed, entriesOf, exportsOf, readManifest, workspaces } from '../../../source/package-sources.ts'
import type { Generate } from '../../generated.ts'

/** Which folder a package's name stands for. */
type Folders = ReadonlyMap<string, string>

/** A table, or one per interface. */
export const generate: Generate = ({ root, parameters: [folder = '', name] }) => {
  const folders: Folders = new Map(
    workspaces(root, 'packages').map((path) => [readManifest(join(root, path)).name, join(root, path)]),
  )
  const directory = join(root, folder)
  if (![...folders.values()].includes(directory)) throw new Error(`${folder} (expected: a folder of packages/)`)
  if (name !== undefined) return optionsTable(declarationOf(directory, name), directory, folders)
  const declared = [...entriesOf(directory).values()].flatMap(exportsOf).filter((each) => each.name.endsWith('Options'))
  return declared
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map((each) => {
      const { text = '' } = each.docstring ?? {}
      return [`### ${each.name}`, text, optionsTable(each, directory, folders)].join('\n\n')
    })
    .join('\n\n')
}

function optionsTable(declared: Declared, directory: string, folders: Folders): string {
  const rows = allFields(declared, directory, folders).map((field) => {
    const { text, tags } = documented(declared, field)
    const [given] = tags.get('defaultValue') ?? []
    return [code(field.name), code(field.type), defaultOf(field, given), text]
  })
  if (rows.length === 0) throw new Error(`${declared.name} has no fields (expected: an interface or an object type)`)
  const foreign = foreignParents(declared, directory, folders)
  const more = foreign.length === 0 ? '' : `\n\nAnd those of ${foreign.map(code).join(', ')}.`
  return table(['option', 'type', 'default', 'meaning'], rows) + more
}

/** Inherited fields first. */
function allFields(declared: Declared, directory: string, folders: Folders): readonly Field[] {
  const inherited = parentsOf(declared).flatMap(({ name, without }) => {
    const found = findParent(declared, name, directory, folders)
    const fields = found === undefined ? [] : allFields(found.declared, found.directory, folders)
    return fields.filter((field) => !without.includes(field.name))
  })
  return [...inherited, ...fieldsOf(declared)]
}

/** What it inherits from packages that are not ours. */
function foreignParents(declared: Declared, directory: string, folders: Folders): readonly string[] {
  return parentsOf(declared).flatMap(({ name }) => {
    const found = findParent(declared, name, directory, folders)
    return found === undefined ? [name] : foreignParents(found.declared, found.directory, folders)
  })
}

/** In the same package, or in the one it is imported from; undefined for what is not ours. */
function findParent(
  { source }: Declared,
  name: string,
  directory: string,
  folders: Folders,
): { readonly declared: Declared; readonly directory: string } | undefined {
  // `Dispatcher.DispatchOptions` is imported as `Dispatcher`.
  const [imported = name] = name.split('.')
  const from = importsOf(source).find(({ names }) => names.includes(imported))?.from
  const there = from === undefined || from.startsWith('.') ? directory : folders.get(from)
  return there === undefined ? undefined : { declared: declarationOf(there, name), directory: there }
}

function declarationOf(directory: string, name: string): Declared {
  const found = declarationsNamed(directory, name)
  const [only] = found
  if (only === undefined || found.length > 1)
    throw new Error(`${directory} has ${found.length} declarations of ${name} (expected: 1)`)
  return only
}

function documented({ name, source }: Declared, field: Field): NonNullable<Field['docstring']> {
  const { docstring } = field
  if (docstring === undefined || docstring.text === '')
    throw new Error(
      `${source.path}: ${name}.${field.name} has no description (expected: a docstring that says what it is)`,
    )
  return docstring
}

/** A single value is code, words are words. */
function defaultOf({ optional }: Field, given: string | undefined): string {
  if (given === undefined) return optional ? 'none' : 'required'
  return /^(-?[\d_.]+|'[^']*'|true|false|process\.env)$/.test(given) ? code(given.replaceAll('_', '')) : given
}
