/** Runs the examples whose page claims that they run, with the built packages. */
import { spawn } from 'node:child_process'
import type { Example } from './example.ts'
import type { Problem } from './fence.ts'
import { outputDifference } from './output.ts'
import type { Workplace } from './workplace.ts'

/** How examples are run. */
export interface RunOptions {
  /** Time for each; what is then still running is killed with the processes that it started. */
  readonly deadlineMs: number
}

interface Ran {
  readonly end: 'exited' | 'killed'
  readonly code: number | null
  readonly printed: string
  readonly complained: string
}

// Two cores are what CI and most laptops can spare.
const atOnce = 2

/** Runs each of them that claims to run. */
export async function runExamples(
  workplace: Workplace,
  examples: readonly Example[],
  options: RunOptions,
): Promise<readonly Problem[]> {
  const waiting = examples.filter(({ claim }) => claim.kind === 'runs')
  const problems: Problem[] = []
  const lane = async (): Promise<void> => {
    for (let example = waiting.shift(); example !== undefined; example = waiting.shift()) {
      const text = await runExample(workplace, example, options)
      if (text !== undefined) problems.push({ file: example.file, line: example.line - 1, text })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return problems
}

/** What is wrong with a run; undefined if nothing is. */
async function runExample(
  workplace: Workplace,
  example: Example,
  { deadlineMs }: RunOptions,
): Promise<string | undefined> {
  const { end, code, printed, complained } = await spawnExample(workplace, example, deadlineMs)
  const said = fromPages(workplace, `${printed}${complained}`.trimEnd()).replaceAll(/^/gm, '  ')
  if (end === 'killed') return `still runs after ${deadlineMs} ms (expected: a program that ends)\n${said}`
  if (code !== 0) return `exits with ${code} (expected: 0)\n${said}`
  const { claim } = example
  return claim.kind === 'runs' && claim.output !== undefined ? outputDifference(printed, claim.output) : undefined
}

function spawnExample(workplace: Workplace, example: Example, deadlineMs: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', workplace.fileOf(example)], {
      cwd: workplace.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Only this, so that nothing of the machine shows in the output: Service variables, colours, a condition.
      env: { PATH: process.env.PATH, TZ: 'UTC', NO_COLOR: '1' },
      // A group of its own, which can be killed as a whole.
      detached: true,
    })
    const parts = { printed: '', complained: '' }
    let end: Ran['end'] = 'exited'
    const deadline = setTimeout(() => {
      end = 'killed'
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, deadlineMs)
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      parts.printed += part
    })
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      parts.complained += part
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(deadline)
      resolve({ end, code, ...parts })
    })
  })
}

/** Puts the places of the pages where a stack trace names the files of the workplace. */
function fromPages(workplace: Workplace, text: string): string {
  const { directory } = workplace
  return text.replaceAll(/(?:file:\/\/)?(\/[^\s():]*\/)(example-\d+\.\w+):(\d+)/g, (found, folder, file, line) => {
    const example = folder === `${directory}/` ? workplace.exampleOf(file) : undefined
    return example === undefined ? found : `${example.file}:${example.line + Number(line) - 1}`
  })
}
