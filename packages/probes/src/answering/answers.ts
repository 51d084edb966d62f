/**
 * The answers to probes. A probe is answered in the turn in which it is read, unless there are checks to ask: the kubelet
 * waits one second, and the process may have thousands of other requests in its hands.
 *
 * The texts name what failed by its code, never by its message: messages may hold addresses and passwords.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CheckResult } from '../readiness/checks.ts'

/** One condition of readiness or start-up. */
export interface Condition {
  readonly name: string
  readonly holds: 'yes' | 'no'
  readonly words: string
}

/** What the answers are made from. */
export interface AnswersOptions {
  readonly startup: () => Condition
  /** Conditions of readiness but the checks. */
  readonly readiness: () => readonly Condition[]
  readonly checks: () => Promise<readonly CheckResult[]>
  /** Begins a drain and resolves when the lame duck is over. */
  readonly drain: () => Promise<void>
}

/** Which routes there are: the three probes, or these and `/drain`. */
export type Routes = 'probes' | 'probes-and-drain'

/** Answers probes; has no state. */
export class Answers {
  readonly #options: AnswersOptions

  constructor(options: AnswersOptions) {
    this.#options = options
  }

  /** Answers the request if it is one of `routes`; false if it is not. */
  handle(request: IncomingMessage, response: ServerResponse, routes: Routes): boolean {
    const { url = '' } = request
    const mark = url.indexOf('?')
    const path = mark === -1 ? url : url.slice(0, mark)
    const answer = this.#route(path, routes)
    if (answer === undefined) return false
    if (request.method !== 'GET' && request.method !== 'HEAD')
      send(response, request, 405, 'GET or HEAD\n', { allow: 'GET, HEAD' })
    else
      answer(
        request,
        response,
        mark !== -1 && new URLSearchParams(url.slice(mark)).has('verbose') ? 'verbose' : 'short',
      )
    return true
  }

  #route(
    path: string,
    routes: Routes,
  ): ((request: IncomingMessage, response: ServerResponse, wanted: 'verbose' | 'short') => void) | undefined {
    switch (path) {
      // That this runs is the answer: the loop turns. Whatever else fails, a restart would not mend it.
      case '/livez':
        return (request, response, wanted) =>
          report(response, request, [{ name: 'loop', holds: 'yes', words: 'turns' }], wanted)
      case '/startupz':
        return (request, response, wanted) => report(response, request, [this.#options.startup()], wanted)
      case '/readyz':
        return (request, response, wanted) => void this.#readiness(request, response, wanted)
      case '/drain':
        return routes === 'probes-and-drain' ? (request, response) => void this.#drain(request, response) : undefined
      default:
        return undefined
    }
  }

  async #readiness(request: IncomingMessage, response: ServerResponse, wanted: 'verbose' | 'short'): Promise<void> {
    const before = [this.#options.startup(), ...this.#options.readiness()]
    // Nobody needs to be asked when the answer is no already.
    if (wanted === 'short' && before.some(({ holds }) => holds === 'no'))
      return report(response, request, before, wanted)
    const checks = (await this.#options.checks()).map(conditionOf)
    report(response, request, [this.#options.startup(), ...this.#options.readiness(), ...checks], wanted)
  }

  async #drain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#options.drain()
    send(response, request, 200, 'lame duck is over\n')
  }
}

function conditionOf(result: CheckResult): Condition {
  const { name } = result
  const took = `${Math.round(result.tookMs)} ms`
  switch (result.kind) {
    case 'passed':
      return { name, holds: 'yes', words: took }
    case 'failed':
      return { name, holds: 'no', words: `${codeOf(result.error)} after ${took}` }
    case 'timed-out':
      return { name, holds: 'no', words: `no answer after ${took}` }
  }
}

/** A code or a class name; anything that does not look like one might be a secret. */
function codeOf(error: unknown): string {
  if (error === false) return 'false'
  const { code, name } =
    typeof error === 'object' && error !== null ? (error as { readonly code?: unknown; readonly name?: unknown }) : {}
  return (
    [code, name].map(String).find((text, index) => [code, name][index] !== undefined && /^\w{1,64}$/.test(text)) ??
    'failed'
  )
}

/** Short: `ok`, or a line for each condition that does not hold. Verbose: a line for each condition. */
function report(
  response: ServerResponse,
  request: IncomingMessage,
  conditions: readonly Condition[],
  wanted: 'verbose' | 'short',
): void {
  const failed = conditions.filter(({ holds }) => holds === 'no')
  const lines = (wanted === 'verbose' ? conditions : failed).map(
    ({ name, holds, words }) => `${holds === 'yes' ? 'ok ' : 'bad'} ${name}: ${words}\n`,
  )
  send(response, request, failed.length === 0 ? 200 : 503, lines.length === 0 ? 'ok\n' : lines.join(''))
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  // Someone else has answered, or the asker has gone.
  if (response.headersSent || response.destroyed) return
  // The kubelet opens a connection for each probe, so keeping one would only leave it for a drain to close.
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
