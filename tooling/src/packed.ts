/**
 * Proves that what a user installs works: packs every package, installs the tarballs with their peers into an empty project
 * and runs the READMEs' first programs and the packages' own there, without the condition `source` and without this repository.
 *
 * `node --conditions=source tooling/src/packed.ts [--node 22.19.0 --node 26 ...]` after a build; the default is the Node that
 * runs this. Every version named comes from npm's package `node`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkImports, checkTypes, createConsumer, installNode, runFirstProgram } from './packed/consumer.ts'
import { copyPrograms, copyReadmePrograms, type Program, runProgram } from './packed/programs.ts'
import { checkManifest, checkPublished, packAll } from './packed/tarballs.ts'
import { runSteps, type Step } from './steps.ts'

const { values } = parseArgs({ options: { node: { type: 'string', multiple: true } } })
const { node: versions = [] } = values
const root = join(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'packed-'))

try {
  const tarballs = packAll(root, directory)
  const nodes = versions.length === 0 ? [process.execPath] : versions.map((version) => installNode(directory, version))
  const readmes = copyReadmePrograms(root, directory)
  // The first of each README is what a user copies; further ones show parts and are only compiled.
  const programs: readonly Program[] = [
    ...copyPrograms(root, directory),
    ...readmes.filter(({ name }) => name.endsWith(' README 1')),
  ]
  const steps: Step[] = [
    ...tarballs.flatMap((tarball) => [
      { name: `${tarball.name} manifest`, run: () => checkManifest(tarball) },
      { name: `${tarball.name} publint, attw`, run: () => checkPublished(root, tarball) },
    ]),
    { name: 'install', run: () => createConsumer(root, directory, tarballs) },
    { name: 'types of a consumer', run: () => checkTypes(root, directory, tarballs, readmes) },
    ...nodes.flatMap((node, index) => {
      const label = versions[index] ?? process.version
      return [
        { name: `imports, Node ${label}`, run: () => checkImports(directory, tarballs, node) },
        { name: `first program, Node ${label}`, run: () => runFirstProgram(root, directory, node) },
        ...programs.map((program) => ({
          name: `${program.name}, Node ${label}`,
          run: () => runProgram(directory, program, node),
        })),
      ]
    }),
  ]
  if (!(await runSteps(steps))) process.exitCode = 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
