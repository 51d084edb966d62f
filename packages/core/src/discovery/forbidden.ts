/**
 * Whether an error of discovery says "you may not". It differs from every other failure in that waiting does not help, so
 * `fallback` hands over at once and `endpoints` gives up at once.
 */

/**
 * True when the error or a cause in its chain carries the HTTP status 403 as `status`, `statusCode` or `code`. 401 does not count: a
 * token that has just expired is renewed.
 */
export function isForbidden(error: unknown): boolean {
  let at = error
  // Chains are short; the bound only guards against one that runs in a circle.
  for (let depth = 0; depth < 10 && typeof at === 'object' && at !== null; depth += 1) {
    const { status, statusCode, code, cause } = at as Record<string, unknown>
    if (status === 403 || statusCode === 403 || code === 403) return true
    at = cause
  }
  return false
}
