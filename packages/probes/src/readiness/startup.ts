/** Whether the process has started: once and for all, so that servers which stop listening do not make it start again. */
import type { ProbedServer } from '../options.ts'

/** Latches when all servers listen, or when told. */
export class Startup implements Disposable {
  readonly #servers: readonly ProbedServer[]
  #state: 'under-way' | 'complete' = 'under-way'

  constructor(servers: readonly ProbedServer[], when: 'listening' | 'manual') {
    this.#servers = servers
    if (when === 'manual') return
    for (const server of servers) server.on('listening', this.#look)
    this.#look()
  }

  get state(): 'under-way' | 'complete' {
    return this.#state
  }

  complete(): void {
    this.#state = 'complete'
  }

  [Symbol.dispose](): void {
    for (const server of this.#servers) server.off('listening', this.#look)
  }

  readonly #look = (): void => {
    if (this.#servers.every(({ listening }) => listening)) this.complete()
  }
}
