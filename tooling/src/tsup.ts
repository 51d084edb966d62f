/**
 * The one build preset. JavaScript only: declarations come from `tsc -p tsconfig.build.json`, because tsup's own need a
 * compiler API that TypeScript 7 does not have.
 *
 * Every package is built twice: ES modules into `dist`, CommonJS into `dist/cjs` for tools that cannot `require` an ES module, such as Jest on
 * Node 22. Node itself takes the ES modules in both cases, by the condition `module-sync`, so that a process holds one copy.
 */
import { globSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { build, type Options } from 'tsup'

/** What differs between packages. */
export interface PresetOptions {
  /** Source files that become files of their own in dist. */
  readonly entry: readonly string[]
  /**
   * Names of modules below `src` that must not be bundled into another: each is an entry too, and the output imports it as a file, so that it has been
   * evaluated before what follows it, or is loaded as one file.
   *
   * @defaultValue none
   */
  readonly separate?: readonly string[]
}

// Both builds: the oldest supported Node is 22, newer syntax such as `using` is lowered.
const everyBuild: Options = {
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  dts: false,
  clean: true,
  removeNodeProtocol: false,
  silent: true,
}

/** tsup's options for a package that runs on every supported Node. */
export function preset({ entry, separate = [] }: PresetOptions): Options {
  return {
    ...everyBuild,
    entry: [...entry],
    format: 'esm',
    // Entries of one package share their modules, or one process would hold two copies of a class. A separate module
    // must stay the first import, which esbuild does not promise beside shared chunks.
    splitting: separate.length === 0,
    esbuildPlugins: separate.length === 0 ? [] : [keepApart(entry, separate)],
    onSuccess: buildCommonJs,
  }
}

/** From the built ES modules, file by file: tsup's splitting of CommonJS goes through a second compiler, which rewrites classes and `?.` as well. */
async function buildCommonJs(): Promise<void> {
  const entry = globSync('dist/**/*.js').filter((path) => !path.startsWith('dist/cjs/'))
  await build({
    ...everyBuild,
    config: false,
    entry,
    format: 'cjs',
    bundle: false,
    splitting: false,
    outDir: 'dist/cjs',
    outExtension: () => ({ js: '.js' }),
  })
  // Below it `.js` and `.d.ts` are CommonJS, so that both builds have the same file names and declarations need no rewriting.
  writeFileSync('dist/cjs/package.json', `${JSON.stringify({ type: 'commonjs' })}\n`)
}

/** Marks imports of the named modules as files beside the one that is built from the entry nearest to the importer. */
function keepApart(entry: readonly string[], names: readonly string[]): NonNullable<Options['esbuildPlugins']>[number] {
  const folders = entry.map((file) => dirname(resolve(file))).sort((one, other) => other.length - one.length)
  return {
    name: 'keep-apart',
    setup(build) {
      for (const name of names) {
        build.onResolve({ filter: new RegExp(`/${name}\\.(ts|js)$`) }, ({ kind, importer, resolveDir, path }) => {
          if (kind === 'entry-point' || resolve(resolveDir, path) !== resolve('src', `${name}.ts`)) return undefined
          const folder = folders.find((candidate) => importer.startsWith(`${candidate}/`)) ?? resolve('src')
          const file = relative(folder, resolve('src', `${name}.js`))
          return { path: file.startsWith('.') ? file : `./${file}`, external: true }
        })
      }
    },
  }
}
