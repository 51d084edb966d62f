/**
 * Who stands at either end of an interop case.
 */
import type { InteropCase } from './case.ts'
import type { InteropServer } from './server.ts'

/** An implementation of the client's side. */
export interface ClientParty {
  /** What it is called in verdicts. */
  readonly name: string
  /** Rejects with what was not as described. @param iterations how often the soak cases call */
  play(one: InteropCase, server: string, iterations: number): Promise<void>
}

/** An implementation of the server's side. */
export interface ServerParty {
  /** What it is called in verdicts. */
  readonly name: string
  /** Starts one that listens. */
  serve(): Promise<InteropServer>
}
