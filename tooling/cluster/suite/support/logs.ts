/**
 * What a container writes, line by line while it writes it: `kubectl logs --follow`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pathOf } from '../../src/programs.ts'
import type { Place } from './fact.ts'

/** The lines of one container, from its first one on. */
export class Log implements Disposable {
  readonly #child: ChildProcess
  readonly #reader: Interface
  readonly #lines: string[] = []
  readonly #complaint: Promise<string>
  readonly #ended: Promise<unknown>
  #isOver = false

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#reader = createInterface({ input: child.stdout as Readable })
    this.#reader.on('line', (line) => this.#lines.push(line))
    this.#complaint = text(child.stderr as Readable)
    this.#ended = once(this.#reader, 'close').then(() => {
      this.#isOver = true
    })
  }

  /** Follows it. Resolves when it has its first line: what is written from then on cannot be missed. @param more flags of kubectl */
  static async of({ cluster, namespace }: Place, pod: string, ...more: readonly string[]): Promise<Log> {
    const parameters = ['--kubeconfig', cluster.kubeconfig, 'logs', '--follow', ...more, pod, '-n', namespace]
    const log = new Log(spawn(pathOf('kubectl'), parameters, { stdio: ['ignore', 'pipe', 'pipe'] }))
    while (log.#lines.length === 0) {
      if (log.#isOver) throw new Error(`the log of ${pod} has no line: ${await log.#complaint}`)
      await Promise.race([once(log.#reader, 'line'), log.#ended])
    }
    return log
  }

  /** All lines, when the container has ended. @throws Error with what kubectl complained about */
  async whole(): Promise<readonly string[]> {
    await this.#ended
    const complaint = await this.#complaint
    if (complaint !== '') throw new Error(`${this.#lines.join('\n')}\n${complaint}`)
    return this.#lines
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}
