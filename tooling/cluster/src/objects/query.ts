/**
 * Which objects a test asks for, and the path at which the API server has them.
 */
import { type AnyObject, type KindName, type Kinds, places } from './kinds.ts'

/** Objects of a kind in the table. */
export interface KindQuery<K extends KindName = KindName> extends Selectors {
  readonly kind: K
  /** `*` for all of them; nodes and namespaces have none. @defaultValue 'default' */
  readonly namespace?: string | undefined
}

/** Objects of any other kind. */
export interface PathQuery extends Selectors {
  /** Path of the collection, such as `/apis/apps/v1/namespaces/default/daemonsets`. */
  readonly path: string
}

/** What narrows a collection. */
export interface Selectors {
  /** Such as `app=shop,tier!=cache`. @defaultValue none */
  readonly labelSelector?: string | undefined
  /** Such as `metadata.name=shop`. @defaultValue none */
  readonly fieldSelector?: string | undefined
}

/** Which objects. */
export type Query = KindQuery | PathQuery

/** One object by name. */
export type Reference = Query & { readonly name: string }

/** What the objects of a query look like. */
export type ObjectOf<Q extends Query> = Q extends { readonly kind: infer K extends KindName } ? Kinds[K] : AnyObject

/** Path of the collection. @throws Error if the kind is not in the table */
export function collectionPath(query: Query): string {
  if ('path' in query) return query.path
  const { kind, namespace = 'default' } = query
  if (!Object.hasOwn(places, kind)) throw new Error(`kind: ${kind} (expected: ${Object.keys(places).join(', ')})`)
  const { apiVersion, scope } = places[kind]
  const within = scope === 'cluster' || namespace === '*' ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${apiPath(apiVersion)}${within}/${kind}`
}

/** Path of one object. @throws Error if its namespace is `*` */
export function objectPath(reference: Reference): string {
  if ('kind' in reference && reference.namespace === '*') {
    throw new Error(`namespace of ${reference.kind} ${reference.name}: * (expected: the name of one)`)
  }
  return `${collectionPath(reference)}/${encodeURIComponent(reference.name)}`
}

/** Path of a version of an API: the oldest group has no name and another root. */
export function apiPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}

/** The query in words. */
export function describeQuery(query: Query): string {
  const { labelSelector, fieldSelector } = query
  return [collectionPath(query), labelSelector, fieldSelector].filter((part) => part !== undefined).join(' ')
}
