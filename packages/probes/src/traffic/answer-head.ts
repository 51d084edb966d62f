/**
 * Adds headers to an answer in the moment its head is written, whoever writes it and however: implicit heads, `setHeader`, and
 * headers given to `writeHead` as an object, a flat array or an array of pairs. Only then is it known whether the process is leaving.
 */
import type { ServerResponse } from 'node:http'

/** A header's name in lower case, and its value. */
export type Header = readonly [name: string, value: string]

type WriteHead = (this: ServerResponse, status: number, ...rest: readonly unknown[]) => ServerResponse

/** From now on the head of `response` carries what `headers` gives when it is written; these win over the application's. */
export function addAtHead(response: ServerResponse, headers: () => readonly Header[]): void {
  const original = response.writeHead as WriteHead
  const writeHead: WriteHead = function (status, ...rest) {
    // 1xx are no final heads: the `Connection: upgrade` of a 101 must stay. A second head is the original's to refuse.
    if (this.headersSent || status < 200) return original.call(this, status, ...rest)
    return original.call(this, status, ...withHeaders(this, rest, headers()))
  }
  response.writeHead = writeHead as typeof response.writeHead
}

/** The arguments of `writeHead` after the status, with `extra` put among the explicit headers, or set when there are none. */
function withHeaders(response: ServerResponse, rest: readonly unknown[], extra: readonly Header[]): readonly unknown[] {
  if (extra.length === 0) return rest
  const [reason, third] = rest
  const given = typeof reason === 'string' ? third : (third ?? reason)
  const words = typeof reason === 'string' ? [reason] : []
  if (typeof given !== 'object' || given === null) {
    for (const [name, value] of extra) response.setHeader(name, value)
    return rest
  }
  return [
    ...words,
    Array.isArray(given) ? inArray(given, extra) : inObject(given as Readonly<Record<string, unknown>>, extra),
  ]
}

function inObject(
  given: Readonly<Record<string, unknown>>,
  extra: readonly Header[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...Object.entries(given).filter(([name]) => !isAmong(extra, name)), ...extra])
}

function inArray(given: readonly unknown[], extra: readonly Header[]): readonly unknown[] {
  if (Array.isArray(given[0]))
    return [...given.filter((pair) => !isAmong(extra, (pair as readonly unknown[])[0])), ...extra]
  // An odd length is an error that the original names.
  if (given.length % 2 !== 0) return given
  const kept = given.filter((_, index) => !isAmong(extra, given[index - (index % 2)]))
  return [...kept, ...extra.flat()]
}

function isAmong(extra: readonly Header[], name: unknown): boolean {
  const lower = String(name).toLowerCase()
  return extra.some(([other]) => other === lower)
}
