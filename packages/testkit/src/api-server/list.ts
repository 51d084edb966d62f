/**
 * Lists: whole or in pages, of now or of a version, as the options of a list mean it (Kubernetes documentation, API concepts, "Resource versions").
 */
import type { Clock } from '@evenkeel/core'
import { labelSelector } from './label-selector.ts'
import { type ApiResource, type StoredObject, shownAlone } from './objects.ts'
import type { Question } from './question.ts'
import {
  badRequest,
  expiredContinue,
  expiredVersion,
  invalidOptions,
  invalidVersion,
  notFound,
  type StatusCause,
  tooLargeVersion,
} from './status.ts'
import { keyOf, type Store } from './store.ts'

/** What lists and watches need to know of their server. */
export interface Place {
  readonly store: Store
  readonly clock: Clock
  /** How long a version that has not come yet is waited for. */
  readonly patienceMs: number
  readonly pages: Pages
}

/** The continue tokens that have been given out. */
export class Pages {
  readonly #given = new Set<string>()
  readonly #expired = new Set<string>()

  give(token: string): void {
    this.#given.add(token)
    this.#expired.delete(token)
  }

  /** Every token that was given out so far is too old. */
  expire(): void {
    for (const token of this.#given) this.#expired.add(token)
  }

  isExpired(token: string): boolean {
    return this.#expired.has(token)
  }
}

/** One object, with its kind. @throws Refused 404 */
export function getOne({ store }: Place, resource: ApiResource, namespace: string, name: string): object {
  const found = store.get(resource, `${namespace}/${name}`)
  if (found === undefined) throw notFound(resource.name, resource.group, name)
  return shownAlone(resource, found)
}

/** A list or a page of one. @throws Refused */
export async function list(place: Place, resource: ApiResource, question: Question): Promise<object> {
  checkListOptions(question)
  const { query } = question
  const { continue: token = '', limit = '0', labelSelector: selector = '' } = query
  const namespace = question.resource?.namespace
  const selects = labelSelector(selector)
  const start = token === '' ? { ...(await versionFor(place, query)), after: '' } : continued(place, token, query)
  const all = place.store
    .all(resource, start.version)
    .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
    .filter((object) => selects(object.metadata.labels ?? {}))
  const from = all.filter((object) => placeOf(object, namespace) > start.after)
  const most = start.isWhole || Number(limit) <= 0 ? from.length : Number(limit)
  const items = from.slice(0, most)
  const remaining = from.length - items.length
  const last = items.at(-1)
  const metadata: Record<string, unknown> = { resourceVersion: String(start.version) }
  if (remaining > 0 && last !== undefined) {
    const proceed = tokenOf(start.version, `/${placeOf(last, namespace)}\0`)
    place.pages.give(proceed)
    metadata.continue = proceed
    // With a selector the real server does not count.
    if (selector === '') metadata.remainingItemCount = remaining
  }
  return { kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items }
}

/** Waits until a version has come. @throws Refused 504 when it does not, 400 for what is no version */
export async function freshness({ store, clock, patienceMs }: Place, text: string): Promise<void> {
  const version = numberOf(text)
  if (version <= store.version) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stop()
      timer[Symbol.dispose]()
      resolve()
    }
    const timer = clock.after(patienceMs, done)
    const stop = store.follow(() => {
      if (version <= store.version) done()
    })
  })
  if (version > store.version) throw tooLargeVersion(version, store.version)
}

/** @throws Refused 400 */
export function numberOf(text: string): number {
  if (text === '') return 0
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${invalidVersion(text)}`)
  return Number(text)
}

interface Start {
  readonly version: number
  /** Whether the list comes in one piece whatever the limit. */
  readonly isWhole: boolean
}

async function versionFor(place: Place, query: Question['query']): Promise<Start> {
  const { resourceVersion = '', resourceVersionMatch, limit = '0' } = query
  await freshness(place, resourceVersion)
  const wanted = numberOf(resourceVersion)
  // A version and a limit without a match mean exactly that version.
  const isExact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === undefined && Number(limit) > 0)
  if (wanted === 0 || !isExact) return { version: place.store.version, isWhole: resourceVersion === '0' }
  if (wanted < place.store.compactedAt) throw expiredVersion()
  return { version: wanted, isWhole: false }
}

function continued(
  { store, pages }: Place,
  token: string,
  query: Question['query'],
): Start & { readonly after: string } {
  const { rv, start } = readToken(token)
  const isWhole = query.resourceVersion === '0'
  const after = start.replace(/^\//, '').replace(/\0$/, '')
  // A token of version -1 was given with a 410, for the rest of whatever there is now.
  if (rv === -1) return { version: store.version, isWhole, after }
  if (pages.isExpired(token) || rv < store.compactedAt) throw expiredContinue(tokenOf(-1, `${after}\0`))
  return { version: rv, isWhole, after }
}

function placeOf(object: StoredObject, namespace: string | undefined): string {
  return namespace === undefined ? keyOf(object) : object.metadata.name
}

function tokenOf(rv: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url')
}

function readToken(token: string): { readonly rv: number; readonly start: string } {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<string, unknown>
    if (typeof rv === 'number' && typeof start === 'string') return { rv, start }
  } catch {
    // Refused below.
  }
  throw badRequest('invalid continue token: continue key is not valid')
}

function checkListOptions({ query }: Question): void {
  const { continue: token = '', limit = '', resourceVersion = '', resourceVersionMatch: match } = query
  const causes: StatusCause[] = []
  const forbid = (field: string, message: string) =>
    causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${message}`, field })
  if (match !== undefined) {
    if (resourceVersion === '')
      forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (token !== '') forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan')
      causes.push({
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`,
        field: 'resourceVersionMatch',
      })
    if (match === 'Exact' && resourceVersion === '0')
      forbid('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (query.sendInitialEvents !== undefined) forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  if (causes.length > 0) throw invalidOptions(causes)
  if (!/^-?\d*$/.test(limit)) throw badRequest(`strconv.ParseInt: parsing "${limit}": invalid syntax`)
  if (token !== '' && resourceVersion !== '' && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
}
