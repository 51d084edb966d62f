/**
 * What can end a request before its answer is complete: the caller's signal, the limit for the head, the end of the server.
 */
import type { Clock } from '@evenkeel/core'
import { ApiFailure, type ApiRequest } from '../api-server.ts'

/** From the request to the end of its answer. */
export class Exchange {
  readonly #request: ApiRequest
  readonly #control = new AbortController()
  readonly #ended: (exchange: Exchange) => void
  #limit: Disposable | undefined

  /** @param ended called once, at the end */
  constructor(request: ApiRequest, clock: Clock, ended: (exchange: Exchange) => void) {
    this.#request = request
    this.#ended = ended
    request.signal.addEventListener('abort', this.#aborted, { once: true })
    this.#limit = clock.after(request.headMs, () => {
      // The answer may lie in the kernel's buffer while this process was busy.
      this.#limit = clock.afterPoll(() => this.stop(new ApiFailure('timeout', `no answer within ${request.headMs} ms`)))
    })
  }

  /** Aborted with what is to be thrown. */
  get signal(): AbortSignal {
    return this.#control.signal
  }

  /** What `work` gives, unless it is stopped before. */
  until<T>(work: Promise<T>): Promise<T> {
    const { signal } = this
    return new Promise((resolve, reject) => {
      const stopped = (): void => reject(signal.reason)
      signal.addEventListener('abort', stopped, { once: true })
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped))
    })
  }

  headCame(): void {
    this.#limit?.[Symbol.dispose]()
  }

  stop(reason: unknown): void {
    this.#control.abort(reason)
  }

  end(): void {
    this.headCame()
    this.#request.signal.removeEventListener('abort', this.#aborted)
    this.#ended(this)
  }

  readonly #aborted = (): void => this.stop(this.#request.signal.reason)
}
