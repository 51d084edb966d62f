/**
 * Which function answers which request: `GET /users/:id`, where a segment with a colon stands for any one.
 */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A request as a route sees it. */
export interface Asked {
  /** What stands in the path where the route has names with a colon. */
  readonly parameters: Readonly<Record<string, string>>
  /** The JSON of a POST; undefined for a GET. */
  readonly body: unknown
}

/** What is sent back, as JSON. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Answers by method and path. */
export type Routes = Readonly<Record<string, (asked: Asked) => Answer | Promise<Answer>>>

/** Answers by the route that fits, 404 without one, 400 for a body that is no JSON. */
export async function answer(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const { method = 'GET', url = '/' } = request
  const asked = `${method} ${url.split('?', 1)[0]}`.split('/')
  for (const [route, handle] of Object.entries(routes)) {
    const parameters = match(route.split('/'), asked)
    if (parameters === undefined) continue
    if (method !== 'POST') return handle({ parameters, body: undefined })
    const body = await bodyOf(request)
    if (body === undefined) return { status: 400, body: { error: 'the body is no JSON' } }
    return handle({ parameters, body })
  }
  return { status: 404, body: { error: 'no such route', routes: Object.keys(routes) } }
}

function match(route: readonly string[], asked: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (route.length !== asked.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of route.entries()) {
    const got = asked[index] as string
    if (segment.startsWith(':')) parameters[segment.slice(1)] = got
    else if (segment !== got) return undefined
  }
  return parameters
}

/** Undefined for what is no JSON. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const sent = await text(request)
  try {
    return JSON.parse(sent)
  } catch {
    return undefined
  }
}
