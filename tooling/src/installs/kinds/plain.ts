/** JavaScript with nothing in between: ES modules, CommonJS, and both on each supported Node. */
import type { Kind, Program } from '../kind.ts'
import { asCommonJs, asJavaScript } from '../program.ts'

const run = 'visit().then(console.log)\n'

function moduleFiles({ text }: Program): Readonly<Record<string, string>> {
  return { 'visit.mjs': asJavaScript(text), 'main.mjs': `import { visit } from './visit.mjs'\n${run}` }
}

function commonJsFiles({ text }: Program): Readonly<Record<string, string>> {
  return { 'visit.cjs': asCommonJs(text), 'main.cjs': `const { visit } = require('./visit.cjs')\n${run}` }
}

/** `import` in a package of type module. */
export const esModules: Kind = {
  name: 'esm',
  project: 'JavaScript, ES modules',
  does: 'node',
  when: 'commit',
  dependencies: {},
  manifest: { type: 'module' },
  files: moduleFiles,
  commands: [['node', 'main.mjs']],
}

/** `require`: of the ES modules, as Node does it by itself, and of the CommonJS build, where Node was told not to. */
export const commonJs: Kind = {
  name: 'commonjs',
  project: 'JavaScript, CommonJS',
  does: 'node, with and without require(esm)',
  when: 'commit',
  dependencies: {},
  files: commonJsFiles,
  commands: [
    ['node', 'main.cjs'],
    ['node', '--no-experimental-require-module', 'main.cjs'],
  ],
}

/** The versions that we support: the oldest, the one in long-term support that is developed with, the newest. */
export const everyNode: readonly Kind[] = ['22.19.0', '24.21.0', '26'].map((version) => ({
  name: `node-${version}`,
  project: `JavaScript, both, on Node ${version}`,
  does: 'node',
  when: version === '22.19.0' ? 'commit' : 'night',
  node: version,
  dependencies: {},
  files: (program) => ({ ...moduleFiles(program), ...commonJsFiles(program) }),
  commands: [
    ['node', 'main.mjs'],
    ['node', 'main.cjs'],
  ],
}))
