/** A bundle of one file, as for a container image without node_modules: undici and we are in it. */
import type { Kind } from '../kind.ts'

// undici is CommonJS: in a bundle of ES modules its `require` of Node's own modules has to come from somewhere.
const requires = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
const bundle = ['esbuild', 'main.ts', '--bundle', '--minify', '--platform=node', '--target=node22']

/** Bundled both ways; each bundle runs in a folder from which no package can be found. */
export const esbuild: Kind = {
  name: 'esbuild-0.28',
  project: 'esbuild 0.28, one file with everything in it',
  does: 'bundles to CommonJS and to an ES module, then node without node_modules',
  when: 'commit',
  dependencies: { esbuild: '0.28' },
  files: ({ text }) => ({
    'visit.ts': text,
    'main.ts': "import { visit } from './visit.ts'\nvisit().then(console.log)\n",
    'alone.sh': `set -e
alone=$(mktemp -d)
trap 'rm -r "$alone"' EXIT
mv bundle.cjs bundle.mjs "$alone"
cd "$alone"
node bundle.cjs
node bundle.mjs
`,
  }),
  commands: [
    [...bundle, '--format=cjs', '--outfile=bundle.cjs'],
    [...bundle, '--format=esm', `--banner:js=${requires}`, '--outfile=bundle.mjs'],
    ['sh', 'alone.sh'],
  ],
}
