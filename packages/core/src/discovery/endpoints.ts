/**
 * For people who only want the list: one question, one answer, nothing left running.
 */
import { type Clock, systemClock } from '../clock.ts'
import { EvenkeelError, invalidOption } from '../errors.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointSet } from './endpoint-set.ts'
import { isForbidden } from './forbidden.ts'
import type { Resolver, Watch } from './resolver.ts'
import { formatTarget, parseTarget, type Target } from './target.ts'

/** Options of `endpoints`. */
export interface EndpointsOptions {
  /** How long to wait for an answer. @defaultValue 5_000: what the first call of an upstream waits, too */
  readonly timeoutMs?: number | undefined
  /** Gives up with the signal's reason. @defaultValue none */
  readonly signal?: AbortSignal | undefined
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
}

/**
 * Resolves to the endpoints that are ready now: the first `ok` list, also an empty one, or a `stale` list where that is all there is. A `merge` answers as
 * soon as one of its sources does: one that has to ask a server may be missing.
 * A failure of discovery is waited out until the time-out, since sources keep trying; a permission error is not.
 *
 * @param target A target or its text.
 * @throws EvenkeelError `EVENKEEL_INVALID_TARGET`, `EVENKEEL_INVALID_OPTION`, `EVENKEEL_NOT_CLAIMED`, `EVENKEEL_SERVICE_ABSENT`, or
 * `EVENKEEL_DISCOVERY_FAILED` with the last failure as its cause.
 *
 * @example
 * ```ts run
 * import { endpoints, environment, EvenkeelError } from '@evenkeel/core'
 *
 * try {
 *   const ready = await endpoints(environment({ variables: {} }), 'user-service', { timeoutMs: 1_000 })
 *   console.log(ready.map(({ locator }) => locator))
 * } catch (error) {
 *   if (!EvenkeelError.is(error)) throw error
 *   console.log(error.code, error.service)
 * }
 * ```
 * ```text
 * EVENKEEL_NOT_CLAIMED user-service
 * ```
 */
export async function endpoints(
  resolver: Resolver,
  target: Target | string,
  options: EndpointsOptions = {},
): Promise<readonly Endpoint[]> {
  const { timeoutMs = 5_000, signal, clock = systemClock } = options
  if (!(timeoutMs > 0)) throw invalidOption('timeoutMs', timeoutMs, '> 0')
  const asked = typeof target === 'string' ? parseTarget(target) : target
  const service = formatTarget(asked)
  signal?.throwIfAborted()
  if (!resolver.claims(asked)) throw notClaimed(service)
  let watch: Watch | undefined
  let timer: Disposable | undefined
  let abort: (() => void) | undefined
  try {
    return await new Promise<readonly Endpoint[]>((resolve, reject) => {
      let failure: unknown
      let answer: EndpointSet | undefined
      timer = clock.wake(timeoutMs, () => reject(failed(service, `no list within ${timeoutMs} ms`, failure)))
      abort = () => reject(signal?.reason)
      signal?.addEventListener('abort', abort, { once: true })
      watch = resolver.watch(asked, (set) => {
        failure = set.error
        if (set.status === 'ok' || (set.status === 'stale' && set.endpoints.length > 0)) {
          // Sources that answer at once, as those of `merge` do one after another, are all heard first.
          if (answer === undefined) queueMicrotask(() => resolve(ready(answer as EndpointSet)))
          answer = set
        } else if (set.status === 'absent') reject(absent(service, set.error))
        else if (isForbidden(set.error)) reject(failed(service, 'access is forbidden', set.error))
      })
    })
  } finally {
    timer?.[Symbol.dispose]()
    if (abort !== undefined) signal?.removeEventListener('abort', abort)
    await watch?.[Symbol.asyncDispose]()
  }
}

function ready(set: EndpointSet): readonly Endpoint[] {
  return set.endpoints.filter((endpoint) => endpoint.condition === 'ready')
}

function notClaimed(service: string): EvenkeelError {
  return new EvenkeelError('EVENKEEL_NOT_CLAIMED', 'the resolver does not answer for the target', {
    service,
    fault: 'caller',
  })
}

function failed(service: string, detail: string, cause: unknown): EvenkeelError {
  return new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', detail, { service, fault: 'discovery', cause })
}

function absent(service: string, cause: unknown): EvenkeelError {
  return new EvenkeelError('EVENKEEL_SERVICE_ABSENT', 'there is no such Service', {
    service,
    fault: 'discovery',
    cause,
  })
}
