/**
 * The one build preset. JavaScript only: declarations come from `tsc -p tsconfig.build.json`, because tsup's own need a
 * compiler API that TypeScript 7 does not have. Plain JavaScript, because tsup loads it as its configuration.
 */

/**
 * @typedef {object} PresetOptions
 * @property {readonly string[]} entry Source files that become files of their own in dist.
 * @property {readonly string[]} [separate] Names of modules that must not be bundled into another: each is an entry too,
 *   and the output imports it as a file, so that it is evaluated before what follows it.
 */

/**
 * @param {PresetOptions} options
 * @returns {import('tsup').Options}
 */
export function preset({ entry, separate = [] }) {
  return {
    entry: [...entry],
    format: 'esm',
    platform: 'node',
    // The oldest supported Node is 22; `using` and other newer syntax is lowered or refused.
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

/**
 * Marks imports of the named modules as external files beside the bundle.
 *
 * @param {readonly string[]} names
 * @returns {NonNullable<import('tsup').Options['esbuildPlugins']>[number]}
 */
function keepApart(names) {
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
