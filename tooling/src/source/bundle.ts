/** Bundles sources as a user's bundler does it: minified, with what a package leaves to its peers left out. Needs no build. */
import { join } from 'node:path'
import { build } from 'tsup'

/** Writes `NAME.js` into the folder for each name in `entry`, which leads to the absolute path of a source. */
export async function bundle(
  entry: Readonly<Record<string, string>>,
  external: readonly string[],
  folder: string,
): Promise<void> {
  await build({
    entry: { ...entry },
    outDir: folder,
    // The packages' own configuration is for their dist.
    config: false,
    tsconfig: join(import.meta.dirname, '../../../tsconfig.base.json'),
    format: 'esm',
    outExtension: () => ({ js: '.js' }),
    platform: 'node',
    target: 'node22',
    external: [...external],
    splitting: false,
    minify: true,
    dts: false,
    silent: true,
    esbuildOptions: (options) => {
      options.conditions = ['source']
    },
  })
}
