/**
 * What a request asks for, read from its path and query, and what is noted of it.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** What is asked: `watch-list` is a watch that wants initial events; `other` is everything that is no list, watch or get of a resource. */
export type ApiVerb = 'get' | 'list' | 'watch' | 'watch-list' | 'other'

/** A request that the server has seen. */
export interface SeenApiRequest {
  /** The HTTP method. */
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** The parameters by name. */
  readonly query: Readonly<Record<string, string>>
  /** What it asks for. */
  readonly verb: ApiVerb
  /** Names in lower case; `authorization` is not among them. */
  readonly headers: IncomingHttpHeaders
  /** What `tokenHash` gives for its token; undefined without one. */
  readonly tokenHash: string | undefined
  /** Whose token it is; undefined for a token that is not known, and without one. */
  readonly user: string | undefined
  /** `id` of the connection that it came on. */
  readonly connection: number
  /** The protocol of its connection. */
  readonly protocol: ApiProtocol
  /** Time of the server's clock. */
  readonly atMs: number
}

/** How it was asked. */
export type ApiProtocol = 'http/1.1' | 'h2'

/** A path and query, taken apart. */
export interface Question {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly verb: ApiVerb
  /** Undefined for a path that is not one of a resource. */
  readonly resource: ResourcePath | undefined
}

/** The parts of a resource's path. */
export interface ResourcePath {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** Undefined for all namespaces. */
  readonly namespace: string | undefined
  readonly resource: string
  readonly name: string | undefined
  readonly subresource: string | undefined
}

const resourcePath =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>v[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<subresource>[^/]+))?)?/

/** Reads a path with its query. */
export function questionOf(url: string): Question {
  const { pathname: path, searchParams } = new URL(url, 'http://127.0.0.1')
  const query = Object.fromEntries(searchParams)
  const groups = resourcePath.exec(path)?.groups
  if (groups === undefined) return { path, query, verb: 'other', resource: undefined }
  const { group = '', version = '', namespace, resource = '', name, subresource } = groups
  const found = { group, version, namespace, resource, name, subresource }
  return { path, query, verb: verbOf(name, query), resource: found }
}

/** How Kubernetes reads a switch: whatever is there and neither `false` nor `0` is on, nothing as well. */
export function isOn(text: string | undefined): boolean {
  return text !== undefined && text !== '0' && text.toLowerCase() !== 'false'
}

function verbOf(name: string | undefined, { watch, sendInitialEvents }: Readonly<Record<string, string>>): ApiVerb {
  if (name !== undefined) return 'get'
  if (!isOn(watch)) return 'list'
  return isOn(sendInitialEvents) ? 'watch-list' : 'watch'
}
