/**
 * What the head of an answer says about the endpoint.
 */
import { answeredBad, answeredGood, answeredOverloaded, drainHeader, type Outcome, type Verdict } from '@evenkeel/core'

/** Parsed headers as undici hands them over: lower-case names. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** 5xx speaks against the endpoint, 429 of its load, anything else for it. */
export function verdictOf(status: number): Verdict {
  if (status >= 500) return 'bad'
  return status === 429 ? 'overloaded' : 'good'
}

/** Whether a status may be asked again elsewhere: a gateway or an overloaded server says that another might answer. */
export function isRepeatableStatus(status: number): boolean {
  return status === 502 || status === 503 || status === 504 || status === 429
}

/** How an attempt with this head ends when its body is complete. */
export function outcomeOf(verdict: Verdict, headers: Headers): Outcome {
  if (verdict === 'good') return answeredGood
  const base = verdict === 'overloaded' ? answeredOverloaded : answeredBad
  const retryAfterMs = retryAfterOf(headers)
  return retryAfterMs === undefined ? base : { ...base, retryAfterMs }
}

/** The explicit sign of a server that is going. */
export function saysDrain(headers: Headers): boolean {
  return headers[drainHeader] !== undefined
}

/** The server closes this connection after the answer. */
export function saysClose(headers: Headers): boolean {
  const { connection } = headers
  return typeof connection === 'string' && (connection === 'close' || /(?:^|,)\s*close\s*(?:,|$)/i.test(connection))
}

/** `Retry-After` in ms, as seconds or as a date; a date is compared with the answer's own `Date`, so that no clock but the server's counts (RFC 9110 §10.2.3). */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers['retry-after']
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  // Every form of HTTP-date begins with a day's name; Date.parse would take "-1" and "1.5" for dates too.
  const { date } = headers
  const delayMs =
    typeof date === 'string' && /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) - Date.parse(date) : Number.NaN
  return delayMs >= 0 ? delayMs : undefined
}
