/**
 * What a fake API server does with a request in place of what a real one would: the faults of a test, down to single bytes.
 */
import type { OutgoingHttpHeaders } from 'node:http'
import type { StoredObject } from './objects.ts'
import type { ApiVerb, SeenApiRequest } from './question.ts'
import type { ApiWatch } from './watch.ts'

/** An answer that is given as it stands. */
export interface ApiAnswerScript {
  /** Which behaviour it is. */
  readonly kind: 'answer'
  /** @defaultValue 200 */
  readonly status?: number | undefined
  /** @defaultValue none but a content type */
  readonly headers?: OutgoingHttpHeaders | undefined
  /** Text, bytes, or a value that is sent as JSON. @defaultValue a Kubernetes Status for a refusal, else nothing */
  readonly body?: string | Uint8Array | object | undefined
  /** How long its head takes, by the server's clock. @defaultValue 0 */
  readonly headMs?: number | undefined
}

/** The answer that a real server would give, but for what is said here. */
export interface ApiServeScript {
  /** Which behaviour it is. */
  readonly kind: 'serve'
  /** How long its head takes, by the server's clock. @defaultValue 0 */
  readonly headMs?: number | undefined
  /** The objects of the initial events in the order in which they come. It may leave some out. @defaultValue sorted by namespace and name */
  readonly arrange?: ((objects: readonly StoredObject[]) => readonly StoredObject[]) | undefined
  /** Whether the bookmark that ends initial events comes. @defaultValue 'sent' */
  readonly endBookmark?: 'sent' | 'missing' | undefined
  /** Called with a watch once its initial events have been written. @defaultValue nothing */
  readonly play?: ((watch: ApiWatch) => unknown) | undefined
}

/** A watch of which the server sends the head and nothing else by itself. */
export interface ApiStreamScript {
  /** Which behaviour it is. */
  readonly kind: 'stream'
  /** @defaultValue those of a watch */
  readonly headers?: OutgoingHttpHeaders | undefined
  /** Writes what comes. */
  readonly play: (watch: ApiWatch) => unknown
}

/**
 * What goes wrong before anything is said.
 * - `hang`: nothing comes.
 * - `drop`: the connection is closed.
 * - `reset`: the connection is reset; over HTTP/2 the stream alone.
 */
export interface ApiFailureScript {
  /** How it fails. */
  readonly kind: 'hang' | 'drop' | 'reset'
}

/** What is done with a request. */
export type ApiBehaviour = ApiAnswerScript | ApiServeScript | ApiStreamScript | ApiFailureScript

/** Which requests a behaviour is for. */
export interface ApiScriptOptions {
  /** What they ask for, or which they are. @defaultValue every request */
  readonly on?: ApiVerb | ((request: SeenApiRequest) => boolean) | undefined
  /** For how many requests. @defaultValue 1 */
  readonly times?: number | undefined
}

/** Behaviours that wait for their requests, first come first served. */
export class Script {
  #rules: { readonly behaviour: ApiBehaviour; readonly isFor: (request: SeenApiRequest) => boolean; left: number }[] =
    []

  add(behaviour: ApiBehaviour, { on, times = 1 }: ApiScriptOptions): Disposable {
    const rule = { behaviour, isFor: (request: SeenApiRequest) => isMeant(on, request), left: times }
    this.#rules.push(rule)
    return {
      [Symbol.dispose]: () => {
        rule.left = 0
      },
    }
  }

  /** The behaviour for a request, which is used up by it. */
  take(request: SeenApiRequest): ApiBehaviour {
    this.#rules = this.#rules.filter(({ left }) => left > 0)
    const rule = this.#rules.find(({ isFor }) => isFor(request))
    if (rule === undefined) return { kind: 'serve' }
    rule.left--
    return rule.behaviour
  }
}

/** Whether a request is one of those. */
export function isMeant(on: ApiScriptOptions['on'], request: SeenApiRequest): boolean {
  return on === undefined || (typeof on === 'string' ? on === request.verb : on(request))
}
