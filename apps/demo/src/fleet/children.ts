/**
 * Child processes that never outlive the demo: each ends when its channel closes, and all are killed on every way out of this process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

/** All children of a run. */
export class Children {
  readonly #alive = new Set<ChildProcess>()
  readonly #killNow = (): void => {
    for (const child of this.#alive) child.kill('SIGKILL')
  }
  #closed = false

  constructor() {
    process.once('exit', this.#killNow)
  }

  /**
   * Starts a module of the demo, named from its `src`, in a process of its own: in a process group of its own, too, so that Ctrl-C
   * reaches only the demo, which then stops everybody, also a frozen one.
   * @throws Error after `killAll`, for a scene that goes on behind it.
   */
  start(module: string, ...parameters: readonly string[]): ChildProcess {
    if (this.#closed) throw new Error(`${module}: the demo has ended`)
    const child = fork(join(import.meta.dirname, '..', module), parameters, {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#alive.add(child)
    child.once('exit', () => this.#alive.delete(child))
    return child
  }

  /** How many are alive. */
  get size(): number {
    return this.#alive.size
  }

  /** Kills all, frozen ones too, and resolves when they have gone. Nothing can be started any more. */
  async killAll(): Promise<void> {
    this.#closed = true
    const gone = [...this.#alive].map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve())))
    this.#killNow()
    await Promise.all(gone)
    process.removeListener('exit', this.#killNow)
  }
}
