/**
 * Pairs with grpc-js at both ends.
 */
import type { Pairing } from '../pairing.ts'
import { addressClient, channelClient } from '../parties/balanced.ts'
import { jsServer, plainClient } from '../parties/grpc-js.ts'

/** Every client of grpc-js with its server. */
export const ownPairings: readonly Pairing[] = [plainClient, channelClient, addressClient].map((client) => ({
  client,
  server: jsServer,
}))
