/**
 * What the API server says when it does not do what it was asked.
 */

/** An answer that is not a success, with what its Status says. */
export class Refusal extends Error {
  /** HTTP status, such as 403. */
  readonly code: number
  /** Kubernetes' word for it, such as `Forbidden`; empty if it gave none. */
  readonly reason: string

  constructor(code: number, reason: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.reason = reason
  }
}

/** The refusal that a body carries: a Status of Kubernetes, or text of whoever stands before it. */
export function refusalOf(code: number, body: string): Refusal {
  try {
    const { reason = '', message = body } = JSON.parse(body) as { readonly reason?: string; readonly message?: string }
    return new Refusal(code, reason, message)
  } catch {
    return new Refusal(code, '', body.trim())
  }
}
