/** The files of a checkout as rules read them: paths below the root, each file read once. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readSource, type Source } from '../../source/parse.ts'

/** A checkout on disk. */
export class Checkout {
  /** Absolute. */
  readonly root: string
  /** Published packages, in order: `packages/core`. */
  readonly packages: readonly string[]
  /** Everything with sources: packages, apps and `tooling`. */
  readonly workspaces: readonly string[]
  /** Every file, in order, but what is installed, built or hidden. */
  readonly files: readonly string[]

  constructor(root: string) {
    this.root = root
    const skipped = new Set(['node_modules', 'dist', 'coverage'])
    this.files = globSync('**/*', {
      cwd: root,
      exclude: (path) => skipped.has(basename(path)) || basename(path).startsWith('.'),
    })
      .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true)
      .toSorted()
    this.packages = this.#folders('packages')
    this.workspaces = [
      ...this.packages,
      ...this.#folders('apps'),
      ...['tooling', 'tooling/cluster'].filter((path) => this.exists(path)),
    ]
  }

  /** Sources of a workspace, in order; tests, type tests and benches are none. */
  sources(workspace: string): readonly string[] {
    return this.files.filter((path) => path.startsWith(`${workspace}/src/`) && /\.[tj]s$/.test(path) && !isTest(path))
  }

  /** A file or folder. */
  exists(path: string): boolean {
    return existsSync(join(this.root, path))
  }

  text(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  /** How many lines an editor shows, without an empty last one. */
  lines(path: string): number {
    return this.text(path).split('\n').length - 1
  }

  /** The file as a syntax tree. */
  source(path: string): Source {
    return readSource(join(this.root, path))
  }

  #folders(parent: string): readonly string[] {
    const names = this.files.filter((path) => path.startsWith(`${parent}/`)).map((path) => path.split('/')[1])
    return [...new Set(names)]
      .map((name) => `${parent}/${name}`)
      .filter((path) => statSync(join(this.root, path)).isDirectory())
  }
}

/** Tests, type tests and benches: what a budget of sources does not count. */
export function isTest(path: string): boolean {
  return /\.(test|test-d|bench)\.ts$/.test(path)
}
