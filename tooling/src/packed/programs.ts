/**
 * The programs that show a packed package at work: the ones in its folder `programs`, which its tests run from source, and what its README tells a user
 * to write. They run in the consumer on every version of Node.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fencesOf } from '../checks/docs/fence.ts'
import { command, type StepOutcome } from '../steps.ts'

/** A program in the consumer. */
export interface Program {
  /** `http-transport every-client` */
  readonly name: string
  /** Within the consumer. */
  readonly path: string
}

/** Generous: a program makes a request or a few, on a machine that may be busy. */
const programSeconds = 60

/** Copies the programs of all packages into the consumer; those of READMEs come apart from those of `programs`. */
export function copyPrograms(root: string, directory: string): readonly Program[] {
  const consumer = join(directory, 'consumer')
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const from = join(root, 'packages', folder, 'programs')
    if (!existsSync(from)) return []
    const to = join('programs', folder)
    cpSync(from, join(consumer, to), { recursive: true })
    const files = readdirSync(from).filter((file) => file.endsWith('.ts'))
    return files.map((file) => ({ name: `${folder} ${basename(file, '.ts')}`, path: join(to, file) }))
  })
}

/** Every fence of a package's README that is marked `ts` or `ts run`: complete programs, which are compiled and of which the first runs. */
export function copyReadmePrograms(root: string, directory: string): readonly Program[] {
  const consumer = join(directory, 'consumer')
  mkdirSync(join(consumer, 'readme'), { recursive: true })
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const path = join(root, 'packages', folder, 'README.md')
    // That it is missing is said by the check of the tarball.
    const readme = existsSync(path) ? readFileSync(path, 'utf8') : ''
    const programs = fencesOf(readme).fences.filter(({ info }) => info === 'ts' || info === 'ts run')
    return programs.map(({ text }, index) => {
      const file = join('readme', `${folder}-${index + 1}.ts`)
      writeFileSync(join(consumer, file), text)
      return { name: `${folder} README ${index + 1}`, path: file }
    })
  })
}

/** Runs a program on one Node; it must end by itself with exit code 0. */
export function runProgram(directory: string, { path }: Program, node: string): StepOutcome {
  return command('timeout', [String(programSeconds), node, '--no-warnings', path], {
    directory: join(directory, 'consumer'),
    environment: { NODE_OPTIONS: '' },
  })
}
