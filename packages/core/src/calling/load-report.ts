/**
 * What a server says of itself in answer headers: that it is going, and, when it is asked, its load. Our `probes` write both; our HTTP transport acts on the
 * first, and no policy compares the second yet.
 */

/** Header of a request that asks for a report (any value), and of the answer that carries it. */
export const loadHeader = 'evenkeel-load'
/** Header of an answer by a server that is going away: the client leaves the peer at once. */
export const drainHeader = 'evenkeel-drain'

/** A server's load at the time of an answer. */
export interface LoadReport {
  /** Requests that the server works on. */
  readonly inFlight: number
  /** Event-loop or application utilisation, 0 to 1 (above 1: more work than it can do). */
  readonly utilisation: number
  /** Age of the serving process. */
  readonly ageMs: number
  /** Requests that the server answers in a second. */
  readonly requestsPerSecond?: number
  /** Those among them that it fails. */
  readonly errorsPerSecond?: number
  /** How long the server takes for an answer. */
  readonly latencyMs?: number
}

// One letter each, since the header travels with every answer.
const keys = {
  i: 'inFlight',
  u: 'utilisation',
  a: 'ageMs',
  r: 'requestsPerSecond',
  e: 'errorsPerSecond',
  l: 'latencyMs',
} as const
// Six fields of at most 1 + 1 + 17 characters and their separators fit; anything longer is not ours.
const maxLength = 128

/** `i=3;u=0.42;a=1200`: the header's text. Numbers are rounded to three decimals. */
export function formatLoadReport(report: LoadReport): string {
  return Object.entries(keys)
    .flatMap(([key, field]) => {
      const value = report[field]
      return value === undefined ? [] : [`${key}=${Math.round(value * 1000) / 1000}`]
    })
    .join(';')
}

/** Reads the header's text. Undefined for anything malformed, negative, or without the three required fields; unknown keys are skipped. */
export function parseLoadReport(text: string): LoadReport | undefined {
  if (text.length > maxLength) return undefined
  const found: { -readonly [field in keyof LoadReport]?: number } = {}
  for (const part of text.split(';')) {
    const field = keys[part[0] as keyof typeof keys]
    if (field === undefined || part[1] !== '=') continue
    const digits = part.slice(2)
    if (!/^\d+(\.\d+)?$/.test(digits)) return undefined
    found[field] = Number(digits)
  }
  const { inFlight, utilisation, ageMs } = found
  if (inFlight === undefined || utilisation === undefined || ageMs === undefined) return undefined
  return { ...found, inFlight, utilisation, ageMs }
}
