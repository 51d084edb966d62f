/**
 * Pairs with grpc-go at one end. At both there is none: what Go does with itself is not ours to find out.
 */
import type { Pairing } from '../pairing.ts'
import { addressClient, channelClient } from '../parties/balanced.ts'
import { goClient, goServer } from '../parties/grpc-go.ts'
import { jsServer, plainClient } from '../parties/grpc-js.ts'

// A grpc-go server whose own timer is first resets the stream. The client of grpc-go and ours take that for the deadline if it has passed; grpc-js says CANCELLED.
const races = { timeout_on_sleeping_server: 3 }

/** Every client of grpc-js with its server, its client with the server of grpc-js. */
export const goPairings: readonly Pairing[] = [
  { client: plainClient, server: goServer, tries: races },
  { client: channelClient, server: goServer },
  { client: addressClient, server: goServer },
  { client: goClient, server: jsServer },
]
