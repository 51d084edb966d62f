/**
 * The words of an error: what happened, where, what was tried, and what became of the request.
 */
import type { AttemptRecord, ErrorFacts } from '../errors.ts'

/** The message without its code and what to do: the detail, then the facts that a reader needs. */
export function describe(detail: string, facts: ErrorFacts): string {
  const { service, endpoint, attempts = [], fate, fault } = facts
  const where = service === undefined ? '' : ` [${service}${endpoint === undefined ? '' : ` at ${endpoint}`}]`
  const tries = attempts.length === 0 ? '' : `; attempts: ${attempts.map(showAttempt).join(', ')}`
  const end = [
    fate === undefined ? '' : `fate: ${fate}`,
    fault === undefined || fault === 'none' ? '' : `fault: ${fault}`,
  ].filter((part) => part !== '')
  return `${detail}${where}${tries}${end.length === 0 ? '' : `; ${end.join(', ')}`}`
}

function showAttempt(attempt: AttemptRecord): string {
  return `${attempt.endpoint ?? 'no endpoint'} ${attempt.phase} ${attempt.code} after ${Math.round(attempt.ms)} ms`
}
