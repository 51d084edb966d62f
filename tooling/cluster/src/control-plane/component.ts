/**
 * One program of the control plane as a process that can be stopped, started again and signalled, and that knows when it is ready.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** What a component is started with. */
export interface ComponentOptions {
  readonly name: string
  /** File and parameters. */
  readonly command: readonly string[]
  /** Where both of its streams go; a new start writes behind the old one. */
  readonly log: string
  /** Asked again and again until it is true. */
  ready(): Promise<boolean>
}

// A program that is not ready by then will not be: the slowest took under 3 s on 2 cores.
const readyMs = 60_000
// Between two questions: a start takes seconds.
const askAgainMs = 50
// The API server would wait for its watches longer than anybody wants to.
const endMs = 5_000
// What of a log is worth reading in an error.
const shownLines = 15

/** One component of a cluster. */
export class Component {
  readonly name: string
  readonly #options: ComponentOptions
  #process: ChildProcess | undefined

  constructor(options: ComponentOptions) {
    this.name = options.name
    this.#options = options
  }

  /** Its process; undefined while it is stopped. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Starts it and resolves once it is ready. @throws Error with the end of its log if it ends before that */
  async start(): Promise<void> {
    if (this.#process !== undefined) throw new Error(`${this.name} runs already`)
    const { command, log, ready } = this.#options
    const output = openSync(log, 'a')
    const [file = '', ...parameters] = command
    const child = spawn(file, parameters, { stdio: ['ignore', output, output] })
    this.#process = child
    child.once('close', () => {
      if (this.#process === child) this.#process = undefined
    })
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    const deadline = performance.now() + readyMs
    while (!(await Promise.race([ready(), failed]))) {
      if (this.#process !== child) throw new Error(`${this.name} ended with ${child.exitCode}:\n${this.#lastLines()}`)
      if (performance.now() > deadline) throw new Error(`${this.name} is not ready:\n${this.#lastLines()}`)
      await setTimeout(askAgainMs)
    }
  }

  /** Ends it: SIGTERM, and SIGKILL if that is not enough. */
  async stop(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    // A process that was stopped hears nothing.
    child.kill('SIGCONT')
    const timer = setTimeout(endMs, undefined, { ref: false }).then(() => child.kill('SIGKILL'))
    await Promise.race([closed, timer.then(() => closed)])
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }

  /** SIGSTOP freezes it, SIGCONT lets it go on, SIGKILL ends it at once. */
  signal(signal: NodeJS.Signals): void {
    if (this.#process === undefined) throw new Error(`${this.name} does not run`)
    this.#process.kill(signal)
  }

  #lastLines(): string {
    return readFileSync(this.#options.log, 'utf8').trimEnd().split('\n').slice(-shownLines).join('\n')
  }
}
