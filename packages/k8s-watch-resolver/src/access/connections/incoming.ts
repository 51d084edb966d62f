/**
 * An answer as a connection gives it, whichever protocol it speaks.
 */
import type { Readable } from 'node:stream'

/** What is sent. */
export interface Outgoing {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Ends it at any moment. */
  readonly signal: AbortSignal
}

/** The head, and the body as it comes. */
export interface Incoming {
  readonly status: number
  /** @param name in lower case */
  header(name: string): string | undefined
  /** Not decoded. Has a listener for errors. */
  readonly source: Readable
  /** When the connection last proved to be alive. */
  aliveAt(): number
  /** A piece of the body has come. */
  heard(): void
  /** Called when `source` has ended without an error. @throws ApiFailure when the answer is not complete all the same */
  complete(): void
  /** Nobody reads on. */
  cancel(): void
}
