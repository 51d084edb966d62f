/**
 * What an API server refuses, and what follows from it. Sources: Kubernetes API conventions (Status), client-go `tools/cache/reflector.go` and
 * `rest/with_retry.go`, apiserver `pkg/storage/errors.go`.
 */

/** The object that stands in the body of a refusal, and in an ERROR event. */
export interface Status {
  readonly code?: number | null
  readonly reason?: string | null
  readonly message?: string | null
  readonly details?: null | {
    readonly retryAfterSeconds?: number | null
    readonly causes?: null | readonly { readonly reason?: string | null; readonly field?: string | null }[]
  }
}

/**
 * - `expired`: the version is too old; everything is listed anew.
 * - `too-large`: the server does not know the version yet, being behind another one.
 * - `invalid`: it does not take the request as it is, such as `sendInitialEvents` where that is switched off.
 * - `unauthorized`, `forbidden`, `missing`: who asks, and what.
 * - `busy`: it says itself when to come again, or is in trouble.
 * - `other`: nothing that is known.
 */
export type RefusalKind =
  | 'expired'
  | 'too-large'
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'missing'
  | 'busy'
  | 'other'

/** What the API server refused; `status` is what core's `isForbidden` looks for. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  readonly status: number
  readonly reason: string
  readonly retryAfterMs: number | undefined

  constructor(status: number, body: Status, retryAfter: string | undefined) {
    const { reason, message } = body
    super(`the API server answers ${status}${reason ? ` ${reason}` : ''}${message ? `: ${message}` : ''}`)
    this.status = status
    this.reason = reason ?? ''
    this.kind = kindOf(status, body)
    this.retryAfterMs = retryAfterOf(body, retryAfter)
  }
}

/** A refusal out of a body, which may be anything: a proxy may have written it. */
export function refusalOf(status: number, body: string, retryAfter: string | undefined): Refusal {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null) return new Refusal(status, parsed, retryAfter)
  } catch {
    // Told below, shortened.
  }
  return new Refusal(status, { message: body.slice(0, 200) }, retryAfter)
}

function kindOf(status: number, { details }: Status): RefusalKind {
  const causes = details?.causes ?? []
  if (status === 410) return 'expired'
  if (causes.some((cause) => cause.reason === 'ResourceVersionTooLarge')) return 'too-large'
  // Invalid, or what another server makes of a parameter that it does not take.
  if (status === 422 || status === 400) return 'invalid'
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'missing'
  if (status === 429 || status >= 500) return 'busy'
  return 'other'
}

function retryAfterOf({ details }: Status, header: string | undefined): number | undefined {
  const seconds = Number(header ?? details?.retryAfterSeconds ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined
}
