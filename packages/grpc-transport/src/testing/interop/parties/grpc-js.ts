/**
 * grpc-js at both ends, with a channel of its own kind: what ours is compared with.
 */
import { Client, credentials } from '@grpc/grpc-js'
import type { MakeClient } from '../case.ts'
import type { ClientParty, ServerParty } from '../party.ts'
import { serveInterop } from '../server.ts'

/** grpc-js with its own channel. */
export const plainClient: ClientParty = {
  name: 'grpc-js, plain channel',
  play: (one, server, iterations) => one.play(plainChannels(server), iterations),
}

/** A server of grpc-js. */
export const jsServer: ServerParty = { name: 'grpc-js', serve: () => serveInterop() }

/** A new channel to this address each time, with a connection of its own: channels of grpc-js share them otherwise. */
function plainChannels(server: string): MakeClient {
  return () => {
    const client = new Client(server, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 })
    return { client, [Symbol.asyncDispose]: async () => client.close() }
  }
}
