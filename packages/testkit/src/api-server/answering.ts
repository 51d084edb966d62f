/**
 * From a request to its answer: notes it, lets the script have it, asks who it is from, and serves what it wants.
 */
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Access } from './access.ts'
import { tokenHash } from './access.ts'
import { getOne, list, type Place } from './list.ts'
import { type ApiResource, apiResources } from './objects.ts'
import { type Question, questionOf, type SeenApiRequest } from './question.ts'
import type { ApiAnswerScript, ApiBehaviour, ApiServeScript, Script } from './script.ts'
import { badRequest, methodNotAllowed, plainStatus, Refused, unknownResource } from './status.ts'
import { checkWatchOptions, ServedWatch, type WatchHabits } from './watch.ts'
import type { RelayedConnection } from './wire/connection.ts'
import { Outlet, type Response } from './wire/outlet.ts'

/** Either kind of request. */
export type Request = IncomingMessage | Http2ServerRequest

/** What answering needs of its server. */
export interface Desk {
  readonly place: Place
  readonly access: Access
  readonly script: Script
  readonly habits: Omit<WatchHabits, 'watchList'>
  readonly gzipBytes: number
  readonly watchList: () => 'on' | 'off'
  /** Called with every request before it is answered. */
  readonly note: (request: SeenApiRequest) => void
  /** Called with every watch once its head has been sent. */
  readonly opened: (watch: ServedWatch) => void
}

const json = { 'cache-control': 'no-cache, private', 'content-type': 'application/json' }
const gzipped = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
const groups = new Set(Object.values(apiResources).map(({ group }) => group))
// What Go's server answers in one piece with its length; what is longer comes in chunks.
const shortBytes = 2_048

/** Answers a request. */
export async function answer(desk: Desk, request: Request, response: Response, on: RelayedConnection): Promise<void> {
  // What a client sends with its request does not matter, but it has to be read.
  request.resume()
  request.on('error', () => {})
  const outlet = new Outlet(response, on)
  const question = questionOf(request.url ?? '/')
  const token = tokenOf(request)
  const seen = seenOf(desk, request, question, on)
  desk.note(seen)
  const behaviour = desk.script.take(seen)
  try {
    await behave(desk, behaviour, { outlet, question, token, seen })
  } catch (error) {
    if (error instanceof Refused) refuse(outlet, error)
    // A script of the test's that failed must not look like a server that hangs.
    else if (outlet.hasBegun) outlet.reset()
    else plain(outlet, 500, `the script of the API server failed: ${error}`)
  }
}

interface Exchange {
  readonly outlet: Outlet
  readonly question: Question
  readonly token: string | undefined
  readonly seen: SeenApiRequest
}

async function behave(desk: Desk, behaviour: ApiBehaviour, exchange: Exchange): Promise<void> {
  const { outlet, question, seen } = exchange
  if (behaviour.kind === 'reset') outlet.reset()
  else if (behaviour.kind === 'drop') outlet.connection.drop()
  else if (behaviour.kind === 'answer') {
    await pause(desk, behaviour.headMs)
    scripted(outlet, behaviour)
  } else if (behaviour.kind === 'stream') {
    const watch = new ServedWatch(seen, outlet, resourceOf(question), desk.place)
    outlet.head(200, { ...json, ...behaviour.headers })
    desk.opened(watch)
    await behaviour.play(watch)
  } else if (behaviour.kind === 'serve') {
    await pause(desk, behaviour.headMs)
    await serve(desk, behaviour, exchange)
  }
}

async function serve(desk: Desk, script: ApiServeScript, { outlet, question, token, seen }: Exchange): Promise<void> {
  const { place, access } = desk
  access.check(token, question)
  if (question.resource === undefined || !groups.has(question.resource.group)) {
    plain(outlet, 404, '404 page not found\n')
    return
  }
  const resource = resourceOf(question)
  if (seen.method !== 'GET') throw methodNotAllowed()
  // Ignoring one would look like an answer.
  if (question.query.fieldSelector) throw badRequest('the fake API server has no field selectors')
  const acceptsGzip = String(seen.headers['accept-encoding'] ?? '')
    .split(',')
    .some((one) => one.trim() === 'gzip')
  if (question.verb === 'watch' || question.verb === 'watch-list') {
    checkWatchOptions(question, desk.watchList())
    const watch = new ServedWatch(seen, outlet, resource, place)
    // The real server compresses watches that begin with a list, and no others.
    outlet.head(200, acceptsGzip && question.verb === 'watch-list' ? { ...json, ...gzipped } : json)
    desk.opened(watch)
    await watch.serve(question, { ...desk.habits, watchList: desk.watchList() }, script)
    await script.play?.(watch)
    return
  }
  const { name, namespace = '' } = question.resource
  const object = name === undefined ? await list(place, resource, question) : getOne(place, resource, namespace, name)
  await send(outlet, object, acceptsGzip ? desk.gzipBytes : Number.POSITIVE_INFINITY)
}

async function send(outlet: Outlet, object: object, gzipBytes: number): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(object)}\n`)
  if (body.length <= shortBytes) {
    outlet.answer(200, { ...json, 'content-length': body.length }, body)
    return
  }
  outlet.head(200, body.length < gzipBytes ? json : { ...json, ...gzipped })
  await outlet.write(body)
  await outlet.end()
}

/** @throws Refused 404 for a kind, version or part that is not kept */
function resourceOf({ resource: asked }: Question): ApiResource {
  const found = Object.values(apiResources).find(({ name }) => name === asked?.resource)
  const version = found?.group === '' ? found.apiVersion : found?.apiVersion.split('/')[1]
  if (found === undefined || found.group !== asked?.group || version !== asked.version) throw unknownResource()
  if (asked.subresource !== undefined) throw unknownResource()
  return found
}

function scripted(outlet: Outlet, { status = 200, headers = {}, body }: ApiAnswerScript): void {
  const content = body ?? (status < 400 ? '' : `${JSON.stringify(plainStatus(status))}\n`)
  const bytes = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content)
  outlet.answer(status, { ...json, ...headers }, bytes)
}

function refuse(outlet: Outlet, { status, headers }: Refused): void {
  const body = Buffer.from(`${JSON.stringify(status)}\n`)
  outlet.answer(status.code, { ...json, ...headers, 'content-length': body.length }, body)
}

function plain(outlet: Outlet, status: number, body: string): void {
  const headers = { ...json, 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  outlet.answer(status, { ...headers, 'content-length': Buffer.byteLength(body) }, body)
}

async function pause({ place }: Desk, ms: number | undefined): Promise<void> {
  if (ms !== undefined) await new Promise<void>((resolve) => void place.clock.after(ms, resolve))
}

function tokenOf({ headers }: Request): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
}

function seenOf(
  { access, place }: Desk,
  request: Request,
  { path, query, verb }: Question,
  { id }: RelayedConnection,
): SeenApiRequest {
  const token = tokenOf(request)
  const { authorization, ...headers } = request.headers
  return {
    method: request.method ?? '',
    path,
    query,
    verb,
    headers,
    tokenHash: token === undefined ? undefined : tokenHash(token),
    user: token === undefined ? undefined : access.userOf(token),
    connection: id,
    protocol: request.httpVersionMajor === 2 ? 'h2' : 'http/1.1',
    atMs: place.clock.now(),
  }
}
