/**
 * Child processes that never outlive the demo: each ends when its channel closes, and all are killed on every way out.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

/** All children of this run. */
export class Children {
  readonly #alive = new Set<ChildProcess>()

  /** Starts a module of this folder in a process of its own. Not in our process group, so that Ctrl-C reaches only the demo, which then stops everybody in order. */
  start(module: string, ...parameters: readonly string[]): ChildProcess {
    const child = fork(join(import.meta.dirname, module), parameters, {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#alive.add(child)
    child.once('exit', () => this.#alive.delete(child))
    return child
  }

  get size(): number {
    return this.#alive.size
  }

  /** Kills all, frozen ones too, and resolves when they have gone. */
  async killAll(): Promise<void> {
    await Promise.all(
      [...this.#alive].map((child) => {
        const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
        child.kill('SIGKILL')
        return gone
      }),
    )
  }
}
