/**
 * What a reflector knows of the objects that it follows, whatever their kind.
 */

/** An object of the API. */
export interface ApiObject {
  readonly metadata?:
    | null
    | undefined
    | {
        readonly name?: string | null | undefined
        readonly namespace?: string | null | undefined
        readonly resourceVersion?: string | null | undefined
        readonly annotations?: Readonly<Record<string, string>> | null | undefined
      }
}

/** One change of one object: it is so now, or it is gone and was so at last. */
export interface Change<T> {
  readonly kind: 'set' | 'gone'
  readonly object: T
}

/** A line of a watch. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

/** Namespace and name. */
export function keyOf({ metadata }: ApiObject): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}

/** Whether a bookmark ends the initial events of a watch (KEP-3157). */
export function endsInitialEvents({ metadata }: ApiObject): boolean {
  return metadata?.annotations?.['k8s.io/initial-events-end'] === 'true'
}
