/** An empty project that installs the tarballs, as a user would. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fencesOf } from '../checks/docs/fence.ts'
import { command, type StepOutcome } from '../steps.ts'
import { type Program, runProgram } from './programs.ts'
import type { Tarball } from './tarballs.ts'

/** Installs a version of Node from npm and returns the path of its program. */
export function installNode(directory: string, version: string): string {
  // A folder that nobody else writes into: an installation there would take the Node away again.
  const place = join(directory, 'nodes', version)
  mkdirSync(place, { recursive: true })
  writeJson(join(place, 'package.json'), { private: true, allowScripts: { node: true } })
  const installed = command('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { directory: place })
  if (!installed.ok) throw new Error(`node@${version} cannot be installed\n${installed.output}`)
  return join(place, 'node_modules/node/bin/node')
}

/** Creates the project and installs the tarballs and their peers into it. */
export function createConsumer(root: string, directory: string, tarballs: readonly Tarball[]): StepOutcome {
  const consumer = join(directory, 'consumer')
  mkdirSync(consumer, { recursive: true })
  writeJson(join(consumer, 'package.json'), { private: true, type: 'module' })
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // Without the optional ones, as most users are: types and imports have to do without them.
  const peers = new Set(
    tarballs.flatMap(({ manifest: { peerDependencies = {}, peerDependenciesMeta = {} } }) =>
      Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true),
    ),
  )
  const foreign = [...peers].filter((name) => !name.startsWith('@evenkeel/')).concat('@types/node')
  return command(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      ...tarballs.map(({ path }) => path),
      // The versions that the repository itself is tested with.
      ...foreign.map((name) => `${name}@${devDependencies[name]}`),
    ],
    { directory: consumer },
  )
}

/** Imports every entry, by `import` and `require`, also with a condition `source` that is not ours. */
export function checkImports(directory: string, tarballs: readonly Tarball[], node: string): StepOutcome {
  const entries = JSON.stringify(tarballs.flatMap((tarball) => tarball.entries))
  const consumer = join(directory, 'consumer')
  writeFileSync(
    join(consumer, 'imports.js'),
    `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
for (const entry of ${entries}) {
  const names = Object.keys(await import(entry))
  if (names.length === 0) throw new Error(entry + ' exports nothing')
  if (require(entry)[names[0]] !== (await import(entry))[names[0]]) throw new Error(entry + ' exists twice')
}
`,
  )
  const plain = command(node, ['imports.js'], { directory: consumer, environment: { NODE_OPTIONS: '' } })
  if (!plain.ok) return plain
  return command(node, ['--conditions=source', 'imports.js'], {
    directory: consumer,
    environment: { NODE_OPTIONS: '' },
  })
}

/**
 * Compiles the first program, those of the packages' READMEs, and an import of everything against the packed declarations; core also for a consumer who has
 * neither Node's types nor a library newer than ES2022: its entries must bring `Disposable` along themselves, by
 * `/// <reference lib="esnext.disposable" preserve="true" />`.
 */
export function checkTypes(
  root: string,
  directory: string,
  tarballs: readonly Tarball[],
  readmes: readonly Program[],
): StepOutcome {
  const consumer = join(directory, 'consumer')
  const entries = tarballs.flatMap((tarball) => tarball.entries)
  const core = entries.filter((entry) => entry.startsWith('@evenkeel/core'))
  writeFileSync(join(consumer, 'program.ts'), firstProgram(root))
  writeFileSync(join(consumer, 'imports.ts'), importsOf(entries))
  const outcomes = [
    compile(root, consumer, { types: ['node'] }, ['imports.ts', 'program.ts', ...readmes.map(({ path }) => path)]),
    ...core.map((entry, index) => {
      writeFileSync(join(consumer, `core-${index}.ts`), importsOf([entry]))
      return compile(root, consumer, { types: [], lib: ['es2022', 'dom'] }, [`core-${index}.ts`])
    }),
  ]
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('') }
}

/** Runs the README's first program on one Node; it must end by itself with exit code 0. */
export function runFirstProgram(root: string, directory: string, node: string): StepOutcome {
  const consumer = join(directory, 'consumer')
  writeFileSync(join(consumer, 'program.ts'), firstProgram(root))
  return runProgram(directory, { name: 'first program', path: 'program.ts' }, node)
}

/** The first TypeScript fence of the README: what a user copies first. */
function firstProgram(root: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const program = fencesOf(readme).fences.find(({ info }) => /^(?:ts|js)\b/.test(info))?.text
  if (program === undefined) throw new Error('README.md: no fenced program (expected: a block that begins with ```ts)')
  return program
}

function importsOf(entries: readonly string[]): string {
  return entries.map((entry) => `import '${entry}'\n`).join('')
}

function compile(root: string, consumer: string, options: object, files: readonly string[]): StepOutcome {
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    ...options,
  }
  writeJson(join(consumer, 'tsconfig.json'), { compilerOptions, files })
  return command(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'], { directory: consumer })
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`)
}
