/**
 * Which clients are tried with which servers: all of which at least one is not Go's, since what Go does with itself is not ours to find out.
 */
import type { Pairing } from './pairing.ts'
import { goClient, goServer } from './parties/grpc-go.ts'
import { jsServer, plainClient } from './parties/grpc-js.ts'

/** Both ends are grpc-js. */
export const ownPairings: readonly Pairing[] = [{ client: plainClient, server: jsServer }]

/** Go at one end. */
export const goPairings: readonly Pairing[] = [
  {
    client: plainClient,
    server: goServer,
    // A grpc-go server whose own timer is first resets the stream. The client of grpc-go takes that for the deadline if it has passed; grpc-js says CANCELLED.
    tries: { timeout_on_sleeping_server: 3 },
  },
  { client: goClient, server: jsServer },
]
