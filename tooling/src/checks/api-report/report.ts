/** The report of one package: everything that its entry points export, as Markdown. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Declaration } from '@babel/types'
import type { DeclarationFile } from './declaration-file.ts'
import { mentions } from './mentions.ts'
import { Declarations, type Exported, type Home } from './surface.ts'
import { visibleText } from './visible-text.ts'

/** A package's report and what is wrong with its surface. */
export interface Report {
  /** The whole text of api.md. */
  readonly text: string
  /** Types that users meet and cannot name. */
  readonly complaints: readonly string[]
}

/** Reports on the package in `packages/<folder>`. Throws if it was not built or its declarations cannot be followed. */
export function reportOn(root: string, folder: string): Report {
  const directory = join(root, 'packages', folder)
  const { name, exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
  const declarations = new Declarations()
  const entries = Object.entries(exports).flatMap(([entry, target]): Entry[] => {
    if (typeof target === 'string') return []
    const path = join(directory, target.types)
    if (!existsSync(path)) throw new Error(`${relative(root, path)}: missing (expected: a build, \`npm run build\`)`)
    return [{ name: name + entry.slice(1), exported: declarations.surface(path) }]
  })
  const text = [
    `# API of ${name}\n`,
    'Written by `npm run check -- --fix` from the declarations; a change of it needs a changeset.\n',
    ...entries.map((entry) => section(declarations, entry)),
  ].join('\n')
  return { text, complaints: unnamed(declarations, entries, root) }
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
}

interface Entry {
  /** As in an import: `@evenkeel/core/testing`. */
  readonly name: string
  readonly exported: readonly Exported[]
}

function section(declarations: Declarations, { name, exported }: Entry): string {
  const imports = new Map<string, Set<string>>()
  const texts = exported.map((one) => {
    if (one.home.kind === 'elsewhere') return reexport(one, one.home)
    for (const { local, home } of mentioned(declarations, one.home))
      if (home.kind === 'elsewhere')
        imports.set(home.from, (imports.get(home.from) ?? new Set()).add(alias(home.name, local)))
    const note = one.typeOnly && isClass(one.home) ? '// the type only, not the class\n' : ''
    return note + textOf(one.home, one.name)
  })
  const code = [importsOf(imports), ...texts].join('\n\n')
  return `## \`${name}\`\n\n\`\`\`ts\n${formatted(code)}\`\`\`\n`
}

function textOf(home: Home & { readonly kind: 'here' }, name: string): string {
  return declared(home)
    .map((declaration) => visibleText(home.file, declaration, name))
    .join('\n')
}

function reexport({ name }: Exported, home: Home & { readonly kind: 'elsewhere' }): string {
  return `export { ${alias(home.name, name)} } from '${home.from}'`
}

/** Where the foreign names come from, so that the report can be read alone. */
function importsOf(names: ReadonlyMap<string, ReadonlySet<string>>): string {
  const lines = [...names].flatMap(([from, inner]) => {
    const [whole, single] = [[...inner].filter(isWhole), [...inner].filter((name) => !isWhole(name))]
    const list = single.length === 0 ? [] : [`import type { ${single.toSorted().join(', ')} } from '${from}'`]
    return [...list, ...whole.map((name) => `import type ${name} from '${from}'`)]
  })
  return lines.toSorted().join('\n')
}

function isWhole(name: string): boolean {
  return name.startsWith('* as ')
}

function alias(name: string, local: string): string {
  return name === local ? name : `${name} as ${local}`
}

/** Types that an exported declaration mentions and no entry point exports: nobody can write down a value of theirs. */
function unnamed(declarations: Declarations, entries: readonly Entry[], root: string): readonly string[] {
  const exported = entries.flatMap((entry) => entry.exported)
  const known = new Set(exported.map(({ home }) => keyOf(home)))
  const complaints = exported.flatMap(({ name, home }) => {
    if (home.kind === 'elsewhere') return []
    return mentioned(declarations, home)
      .filter((mention) => mention.home.kind === 'here' && !known.has(keyOf(mention.home)))
      .map(({ local }) => `${sourceOf(home.file, root)}: ${name} mentions ${local} (expected: an exported type)`)
  })
  return [...new Set(complaints)].toSorted()
}

interface Mention {
  /** The name that the declaration uses. */
  readonly local: string
  readonly home: Home
}

function mentioned(declarations: Declarations, home: Home & { readonly kind: 'here' }): readonly Mention[] {
  return declared(home)
    .flatMap((declaration) => [...mentions(declaration)])
    .flatMap((local) => {
      const found = declarations.lookUp(home.file, local)
      return found === undefined ? [] : [{ local, home: found }]
    })
}

function declared({ file, name }: Home & { readonly kind: 'here' }): readonly Declaration[] {
  return file.declarations.get(name) ?? []
}

function isClass(home: Home & { readonly kind: 'here' }): boolean {
  return declared(home).some(({ type }) => type === 'ClassDeclaration')
}

function keyOf(home: Home): string {
  return home.kind === 'here' ? `${home.file.path}#${home.name}` : `${home.from}#${home.name}`
}

function sourceOf(file: DeclarationFile, root: string): string {
  return relative(root, file.path)
    .replace('/dist/', '/src/')
    .replace(/\.d\.ts$/, '.ts')
}

/** In the repository's own format, so that a difference is a difference of the surface and never of the compiler's layout. */
function formatted(code: string): string {
  const root = join(import.meta.dirname, '../../../..')
  const biome = join(root, 'node_modules/.bin/biome')
  const { status, stdout, stderr } = spawnSync(biome, ['format', '--stdin-file-path=tooling/src/api.d.ts'], {
    cwd: root,
    input: code,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`biome cannot format the report: ${stderr}`)
  return stdout
}
