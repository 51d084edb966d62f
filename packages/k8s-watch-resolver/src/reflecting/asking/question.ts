/**
 * What a reflector asks, as paths with their queries.
 */
import type { Random } from '@evenkeel/core'

/** What is listed and watched. */
export interface Collection {
  /** Such as `/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices`. */
  readonly path: string
  /** @defaultValue all of them */
  readonly labelSelector?: string | undefined
}

// client-go's page. From version 0 the server answers out of its cache, whole.
const pageSize = 500
// client-go: 5 to 10 minutes, so that streams move between servers and nobody's ends with everybody else's.
const shortestWatchSeconds = 300

/** A page of a list. */
export function listPath(collection: Collection, version: string, proceed: string | undefined): string {
  // A list at a version, or the rest of one, is found by its token or by its version, never by both.
  if (proceed !== undefined) return pathOf(collection, { limit: String(pageSize), continue: proceed })
  if (version === '' || version === '0')
    return pathOf(collection, { limit: String(pageSize), resourceVersion: version })
  return pathOf(collection, { resourceVersion: version, resourceVersionMatch: 'NotOlderThan' })
}

/** A list without pages: what remains when a page has expired. */
export function wholeListPath(collection: Collection, version: string): string {
  return pathOf(collection, { resourceVersion: version })
}

/** A watch from a version on. */
export function watchPath(collection: Collection, version: string, seconds: number): string {
  return pathOf(collection, { ...watchParameters(seconds), resourceVersion: version })
}

/** A watch that begins with all objects (KEP-3157). */
export function watchListPath(collection: Collection, seconds: number): string {
  return pathOf(collection, {
    ...watchParameters(seconds),
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
  })
}

/** For how long to ask the server to go on. */
export function watchSeconds(random: Random): number {
  return shortestWatchSeconds + random.below(shortestWatchSeconds + 1)
}

function watchParameters(seconds: number): Readonly<Record<string, string>> {
  return { watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: String(seconds) }
}

function pathOf({ path, labelSelector }: Collection, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(labelSelector === undefined ? parameters : { labelSelector, ...parameters })
  return `${path}?${query}`
}
