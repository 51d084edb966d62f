/**
 * Processes of the bench's own: what is measured, and what answers, never shares a process with the program that compares.
 *
 * A child ends when its parent does, however that ends: the channel between them closes, and `answerParent` exits.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a child is made from. */
export interface ChildOptions {
  /** The program: a TypeScript file. */
  readonly module: URL
  /** Handed over as JSON. */
  readonly task: unknown
  /** Options of Node beside those of this process. @defaultValue none */
  readonly nodeOptions?: readonly string[]
  /** Whether packages of this repository are imported from their sources or as they are published. @defaultValue 'sources' */
  readonly packages?: 'sources' | 'built'
  /** Aborting kills the child. */
  readonly signal: AbortSignal
}

/** A running child. */
export interface Child<Said> {
  /** What it said. Rejects with its error, or if it ended without a word. */
  readonly said: Promise<Said>
  /** Kills it and waits until it is gone. */
  stop(): Promise<void>
}

// The condition in the exports of each package that stands for its sources.
const sources = '--conditions=source'

/** What goes over the channel. */
type Answer<Said> =
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'failed'; readonly message: string }

/** Starts a child; `stop` it on every path. */
export function startChild<Said>(options: ChildOptions): Child<Said> {
  const { module, task, nodeOptions = [], packages = 'sources', signal } = options
  const inherited = packages === 'sources' ? process.execArgv : process.execArgv.filter((option) => option !== sources)
  const child = fork(module, [JSON.stringify(task)], {
    execArgv: [...inherited, ...nodeOptions],
    // Standard output belongs to the one JSON document.
    stdio: ['ignore', 2, 2, 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  })
  // Abortion is an error event too; whoever waits hears of it through `said`.
  child.on('error', () => undefined)
  const said = firstMessage<Said>(child, module)
  // A child may be stopped before anybody asks what it said.
  said.catch(() => undefined)
  return { said, stop: () => stop(child) }
}

/** Starts a child that says one thing, its result, and waits for it. */
export async function runChild<Said>(options: ChildOptions): Promise<Said> {
  const child = startChild<Said>(options)
  try {
    return await child.said
  } finally {
    await child.stop()
  }
}

/** In the child: does the task and says what came out of it, be it an error. */
export async function answerParent<Task, Said>(work: (task: Task) => Promise<Said>): Promise<void> {
  const answer = (message: Answer<Said>): unknown => process.send?.(message)
  process.once('disconnect', () => process.exit(0))
  // Ctrl-C reaches the whole group of processes; the parent decides.
  process.on('SIGINT', () => undefined)
  try {
    answer({ kind: 'said', said: await work(JSON.parse(process.argv[2] as string) as Task) })
  } catch (error) {
    answer({ kind: 'failed', message: (error as Error).message })
  }
}

function firstMessage<Said>(child: ChildProcess, module: URL): Promise<Said> {
  const name = module.pathname.slice(module.pathname.lastIndexOf('/') + 1)
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      const answered = message as Answer<Said>
      if (answered.kind === 'said') resolve(answered.said)
      else reject(new Error(`${name}: ${answered.message}`))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`${name} ended without an answer (${signal ?? code})`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
