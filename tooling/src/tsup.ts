/**
 * The one build preset. JavaScript only: declarations come from `tsc -p tsconfig.build.json`, because tsup's own need a
 * compiler API that TypeScript 7 does not have.
 */
import type { Options } from 'tsup'

/** What differs between packages. */
export interface PresetOptions {
  /** Source files that become files of their own in dist. */
  readonly entry: readonly string[]
  /**
   * Names of modules that must not be bundled into another: each is an entry too, and the output imports it as a file, so
   * that it has been evaluated before what follows it.
   *
   * @defaultValue none
   */
  readonly separate?: readonly string[]
}

/** tsup's options for a package that runs on every supported Node. */
export function preset({ entry, separate = [] }: PresetOptions): Options {
  return {
    entry: [...entry],
    format: 'esm',
    platform: 'node',
    // The oldest supported Node is 22; newer syntax such as `using` is lowered.
    target: 'node22',
    sourcemap: true,
    dts: false,
    clean: true,
    // Entries of one package share their modules, or one process would hold two copies of a class. A separate module
    // must stay the first import, which esbuild does not promise beside shared chunks.
    splitting: separate.length === 0,
    removeNodeProtocol: false,
    silent: true,
    esbuildPlugins: separate.length === 0 ? [] : [keepApart(separate)],
  }
}

/** Marks imports of the named modules as external files beside the bundle. */
function keepApart(names: readonly string[]): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'keep-apart',
    setup(build) {
      for (const name of names) {
        build.onResolve({ filter: new RegExp(`/${name}\\.(ts|js)$`) }, ({ kind }) =>
          kind === 'entry-point' ? undefined : { path: `./${name}.js`, external: true },
        )
      }
    },
  }
}
