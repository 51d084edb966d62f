/**
 * What became of the attempts of one call, and what evenkeel knows of its failure. Made when something first goes wrong. The error of grpc-js keeps its own
 * words, codes and metadata; ours is found by them: `evenkeelErrorOf`.
 */
import {
  type AttemptRecord,
  type ErrorCode,
  type ErrorFacts,
  EvenkeelError,
  errorCodes,
  type Fault,
  type Outcome,
  type Phase,
  type Pick,
  type Upstream,
} from '@evenkeel/core'
import type { Metadata } from '@grpc/grpc-js'

const known = new WeakMap<Metadata, EvenkeelError>()

/**
 * What evenkeel knows of a failed call: service, endpoint, all attempts, what became of the request, whose fault it was, and what to do next. undefined for a
 * status that a server sent, for a call that its caller cancelled, and for anything that is no error of a call.
 *
 * @example
 * ```ts
 * import { evenkeelErrorOf } from '@evenkeel/grpc-transport'
 *
 * export function explain(error: unknown): string {
 *   const { code, fate, attempts } = evenkeelErrorOf(error) ?? {}
 *   return `${code}: ${fate} after ${attempts?.length} attempts`
 * }
 * ```
 */
export function evenkeelErrorOf(error: unknown): EvenkeelError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { metadata } = error as { readonly metadata?: unknown }
  return typeof metadata === 'object' && metadata !== null ? known.get(metadata as Metadata) : undefined
}

/** One per call that fails, or had an attempt that failed. */
export class CallLog {
  /** The last failure that was not an answer. */
  last: EvenkeelError | undefined
  readonly #upstream: Upstream
  readonly #records: AttemptRecord[] = []
  #fate: Outcome['fate'] = 'unprocessed'

  constructor(upstream: Upstream) {
    this.#upstream = upstream
  }

  /** Notes an attempt whose pick has not settled yet. `code` is ours, or the gRPC status as text. */
  add(pick: Pick, phase: Phase, code: string, { fate, fault }: Outcome): void {
    this.#records.push({ endpoint: pick.peer.endpoint.locator, phase, ms: pick.ageMs(), code })
    // Once an attempt may have been processed, no later one can undo it.
    if (fate !== 'unprocessed') this.#fate = fate
    this.last =
      code in errorCodes ? this.error(code as ErrorCode, errorCodes[code as ErrorCode].means, fault) : undefined
  }

  /** The error of the call as it stands. */
  error(code: ErrorCode, detail: string, fault: Fault = 'network'): EvenkeelError {
    this.last = new EvenkeelError(code, detail, { ...this.facts(undefined), fault })
    return this.last
  }

  /** What is known at this moment. */
  facts(cause: unknown): ErrorFacts {
    const { service } = this.#upstream
    const endpoint = this.#records.at(-1)?.endpoint
    const discoveryAgeMs = this.#upstream.discoveryAgeMs()
    return { service, endpoint, attempts: [...this.#records], fate: this.#fate, discoveryAgeMs, cause }
  }

  /** From now on the error of grpc-js with this metadata leads here. */
  tell(metadata: Metadata): void {
    if (this.last !== undefined) known.set(metadata, this.last)
  }
}
