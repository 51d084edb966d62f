/** Whether the process has started: once and for all, so that servers which stop listening do not make it start again. */
import type { AttachedServer } from '../adapters.ts'
import type { ProbedServer } from '../options.ts'

/** Latches when all servers listen, or when told. */
export class Startup implements Disposable {
  readonly #servers: readonly ProbedServer[]
  readonly #attached: readonly AttachedServer[]
  readonly #when: 'listening' | 'manual'
  #state: 'under-way' | 'complete' = 'under-way'

  constructor(servers: readonly ProbedServer[], attached: readonly AttachedServer[], when: 'listening' | 'manual') {
    this.#servers = servers
    this.#attached = attached
    this.#when = when
    if (when === 'manual') return
    for (const server of servers) server.on('listening', this.look)
    this.look()
  }

  get state(): 'under-way' | 'complete' {
    return this.#state
  }

  complete(): void {
    this.#state = 'complete'
  }

  [Symbol.dispose](): void {
    for (const server of this.#servers) server.off('listening', this.look)
  }

  /** Looks whether all listen. Also called for servers that have no event for it. */
  readonly look = (): void => {
    if (this.#when === 'listening' && [...this.#servers, ...this.#attached].every(({ listening }) => listening))
      this.complete()
  }
}
