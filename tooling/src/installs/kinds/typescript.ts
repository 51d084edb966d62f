/** TypeScript of each supported version with each way to resolve modules; strict, and our declarations are checked too. */
import type { Kind, Program } from '../kind.ts'

/** A way to resolve modules, and the `module` that goes with it. */
type Resolution = 'node16' | 'nodenext' | 'bundler' | 'node10'

/** What to compile with instead of a version from the registry. */
export interface Compiler {
  /** Path of the program. */
  readonly path: string
}

const versions = ['5.4', '5.9', '7'] as const
const resolutions = ['node16', 'nodenext', 'bundler'] as const
/** Of each version and each resolution one. */
const onEveryCommit: readonly string[] = ['5.4 node16', '5.9 nodenext', '7 bundler']

/** Every pair, and the resolution of before 4.7 with the last version but one that has it: what `module: commonjs` still means in many projects. */
export const everyTypeScript: readonly Kind[] = [
  ...versions.flatMap((version) => resolutions.map((resolution) => typescript(version, resolution))),
  typescript('5.9', 'node10'),
]

/** A kind that compiles with the version, or with a compiler that is there already. */
export function typescript(version: string, resolution: Resolution, compiler?: Compiler): Kind {
  const both = resolution === 'node16' || resolution === 'nodenext'
  const formats = both ? ['mts', 'cts'] : ['ts']
  return {
    name: `typescript-${version}-${resolution}`,
    project: `TypeScript ${version}, moduleResolution ${resolution}`,
    does: both ? 'tsc of an ES module and of CommonJS, then node' : 'tsc, then node',
    when: onEveryCommit.includes(`${version} ${resolution}`) ? 'commit' : 'night',
    // The oldest Node's types: a user has these or newer ones.
    dependencies: compiler === undefined ? { typescript: `~${version}`, '@types/node': '22' } : {},
    manifest: resolution === 'bundler' ? { type: 'module' } : {},
    files: (program) => ({
      ...Object.fromEntries(formats.flatMap((format) => Object.entries(sources(program, format)))),
      'tsconfig.json': JSON.stringify({ compilerOptions: optionsOf(resolution, compiler), include: ['src'] }),
    }),
    commands: [
      [compiler?.path ?? 'tsc', '-p', 'tsconfig.json'],
      ...formats.map((format) => ['node', `out/main.${format.replace('t', 'j')}`]),
    ],
  }
}

function sources({ text }: Program, format: string): Readonly<Record<string, string>> {
  const run = `import { visit } from './visit.${format.replace('t', 'j')}'\nvisit().then(console.log)\n`
  return { [`src/visit.${format}`]: text, [`src/main.${format}`]: run }
}

function optionsOf(resolution: Resolution, compiler: Compiler | undefined): object {
  const modules = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext', node10: 'commonjs' }
  return {
    target: 'es2022',
    module: modules[resolution],
    moduleResolution: resolution,
    rootDir: 'src',
    outDir: 'out',
    strict: true,
    skipLibCheck: false,
    types: compiler === undefined ? ['node'] : [],
  }
}
