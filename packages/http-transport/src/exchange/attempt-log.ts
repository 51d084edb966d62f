/**
 * What became of the attempts of one request, and the error that its caller gets if all was in vain. Made when the first attempt fails.
 */
import {
  type AttemptRecord,
  type ErrorCode,
  type ErrorFacts,
  EvenkeelError,
  errorCodes,
  type Fate,
  type Fault,
  type Outcome,
  type Reason,
  refusalError,
  type Upstream,
} from '@evenkeel/core'
import type { Attempt } from './attempt.ts'

/** One per request that fails, or had an attempt that failed. */
export class AttemptLog {
  readonly #upstream: Upstream
  readonly #records: AttemptRecord[] = []
  /** An attempt of the request may have been processed, whatever became of the others. */
  #maybeProcessed = false
  /** How long this process could not look during the attempts. */
  lagMs = 0

  constructor(upstream: Upstream) {
    this.#upstream = upstream
  }

  /** Notes an attempt whose pick has not settled yet. */
  add(attempt: Attempt, now: number, code: string, outcome: Outcome): void {
    const { phase, startedAt, pick } = attempt
    this.#records.push({ endpoint: pick.peer.endpoint.locator, phase, ms: now - startedAt, code })
    this.lagMs += attempt.lagMs(now)
    if (outcome.fate !== 'unprocessed') this.#maybeProcessed = true
  }

  /** The error for the caller: what, where, whose fault, and the original as `cause`. `fate` is that of the last attempt. */
  error(code: ErrorCode, fate: Fate, fault: Fault, cause: unknown): EvenkeelError {
    const facts = { ...this.#facts(withoutContent(cause)), fate: this.#fateOf(fate), fault }
    return new EvenkeelError(code, errorCodes[code].means, facts)
  }

  /** The error of a request that nobody took. */
  refusal(reason: Reason): EvenkeelError {
    const { service, set } = this.#upstream
    return refusalError(reason, service, { ...this.#facts(set.error), fate: this.#fateOf('unprocessed') })
  }

  #fateOf(last: Fate): Fate {
    return last === 'unprocessed' && this.#maybeProcessed ? 'maybe-processed' : last
  }

  #facts(cause: unknown): ErrorFacts {
    const { service } = this.#upstream
    const endpoint = this.#records.at(-1)?.endpoint
    const discoveryAgeMs = this.#upstream.discoveryAgeMs()
    return { service, endpoint, attempts: this.#records, loopLagMs: this.lagMs, discoveryAgeMs, cause }
  }
}

/** undici's parser errors carry what was read, which may be anybody's header or body. */
function withoutContent(cause: unknown): unknown {
  if (cause instanceof Error && 'data' in cause) cause.data = undefined
  return cause
}
