/**
 * One interop case, and what it is played with.
 */
import type { Client } from '@grpc/grpc-js'

/** A client of the server that is tried, over a channel of its own. Disposing closes the channel. */
export interface InteropClient extends AsyncDisposable {
  /** Makes the calls. */
  readonly client: Client
}

/** Called for each channel that a case needs. */
export type MakeClient = () => InteropClient

/** A case as grpc/grpc describes it (doc/interop-test-descriptions.md). */
export interface InteropCase {
  /** The name that every implementation knows it by. */
  readonly name: string
  /** Rejects with what is not as described. @param iterations how often the soak cases call */
  play(makeClient: MakeClient, iterations: number): Promise<void>
}

/** A case that needs one channel. */
export function caseOf(name: string, play: (client: Client) => Promise<void>): InteropCase {
  return {
    name,
    async play(makeClient) {
      await using made = makeClient()
      await play(made.client)
    },
  }
}
