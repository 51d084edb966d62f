/** What a package exports, followed from its entry points to the declarations. */
import { dirname, join } from 'node:path'
import { type DeclarationFile, readDeclarationFile } from './declaration-file.ts'

/** An exported name and where it is declared. */
export interface Exported {
  /** As users import it. */
  readonly name: string
  /** Exported with `export type` on the way. */
  readonly typeOnly: boolean
  readonly home: Home
}

/** Where a name is declared: in a file of the package, or in another package. */
export type Home =
  | { readonly kind: 'here'; readonly file: DeclarationFile; readonly name: string }
  | { readonly kind: 'elsewhere'; readonly from: string; readonly name: string }

/** Reads files of declarations once each and finds the declarations behind names. */
export class Declarations {
  readonly #files = new Map<string, DeclarationFile>()

  /** What the entry point exports, by name; `path` is absolute. */
  surface(path: string): readonly Exported[] {
    return [...this.#exported(this.#read(path)).values()].toSorted(byName)
  }

  /** Where a name that is used inside the file is declared; undefined for what the language and its libraries declare. */
  lookUp(file: DeclarationFile, name: string): Home | undefined {
    if (file.declarations.has(name)) return { kind: 'here', file, name }
    const imported = file.imports.get(name)
    return imported && this.#follow(file, imported.from, imported.name)
  }

  #exported(file: DeclarationFile): ReadonlyMap<string, Exported> {
    const found = new Map<string, Exported>()
    for (const from of file.stars) {
      if (!isRelative(from)) throw new Error(`${file.path}: export * from '${from}' (expected: names)`)
      for (const [name, exported] of this.#exported(this.#read(resolve(file, from)))) found.set(name, exported)
    }
    for (const [name, { from, name: inner, typeOnly }] of file.exports) {
      const home = from === undefined ? this.lookUp(file, inner) : this.#follow(file, from, inner)
      if (home === undefined) throw new Error(`${file.path}: exports ${name}, which is not declared`)
      found.set(name, { name, typeOnly, home })
    }
    return found
  }

  #follow(file: DeclarationFile, from: string, name: string): Home {
    if (!isRelative(from)) return { kind: 'elsewhere', from, name }
    const home = this.#exported(this.#read(resolve(file, from))).get(name)?.home
    if (home === undefined) throw new Error(`${file.path}: ${name} is not in ${from}`)
    return home
  }

  #read(path: string): DeclarationFile {
    const file = this.#files.get(path) ?? readDeclarationFile(path)
    this.#files.set(path, file)
    return file
  }
}

/** Orders by code unit, the same on every machine. */
function byName(first: { readonly name: string }, second: { readonly name: string }): number {
  return first.name < second.name ? -1 : 1
}

/** Declarations keep the specifiers of the sources: `./peer.ts` means `peer.d.ts`. */
function resolve(file: DeclarationFile, from: string): string {
  return join(dirname(file.path), from.replace(/\.[tj]s$/, '.d.ts'))
}

function isRelative(from: string): boolean {
  return from.startsWith('.')
}
