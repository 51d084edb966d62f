/**
 * What a scripted endpoint does with a request, and what it notes of it.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** A request that an endpoint has read to its end. */
export interface SeenRequest {
  /** `GET`, `POST`, … */
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names in lower case, as Node reads them. */
  readonly headers: IncomingHttpHeaders
  /** As UTF-8. */
  readonly body: string
  /** Locator of the endpoint that it came to. */
  readonly endpoint: string
  /** Which request of its endpoint it is; the first is 1. */
  readonly nth: number
}

/** An answer; `{}` is 200 without a body. */
export interface ScriptedAnswer {
  /** @defaultValue 200 */
  readonly status?: number | undefined
  /** A value may be an array, for a header that comes more than once. @defaultValue none */
  readonly headers?: OutgoingHttpHeaders | undefined
  /** Text, bytes, or a value that is sent as JSON. @defaultValue none */
  readonly body?: string | Uint8Array | object | undefined
  /** How long the answer takes. @defaultValue 0 */
  readonly delayMs?: number | undefined
}

/**
 * What goes wrong with a request that has been read.
 * - `hang`: nothing is said.
 * - `drop`: the connection is closed.
 * - `reset`: the connection is reset.
 * - `cut`: the head and a part of the body come, then the connection is closed.
 * - `pause`: the head and a part of the body come, then nothing more.
 */
export type ScriptedFailure = 'hang' | 'drop' | 'reset' | 'cut' | 'pause'

/** One way to behave. */
export type Behaviour = ScriptedAnswer | ScriptedFailure

/**
 * What an endpoint does: the same with every request, what a function says of each, or `refuse`: it accepts no connection and ends those that it has.
 * A function that throws or rejects is answered 500 with the error as the body.
 */
export type Script = Behaviour | 'refuse' | ((request: SeenRequest) => Behaviour | Promise<Behaviour>)
