/**
 * grpc-js with our channel, in the two forms in which clients take it.
 */
import { equal } from 'node:assert/strict'
import { staticEndpoints } from '@evenkeel/core'
import { Client, credentials } from '@grpc/grpc-js'
import { type BalancedChannel, balancedChannel } from '../../../channel.ts'
import type { ClientParty } from '../party.ts'

const name = 'interop'

/** With the channel itself, as nice-grpc takes it. */
export const channelClient: ClientParty = partyOf('our channel', (balanced) => {
  const insecure = credentials.createInsecure()
  return new Client(balanced.address, insecure, { channelOverride: balanced.channel(insecure) })
})

/** With an address and options, as generated stubs and NestJS take them. */
export const addressClient: ClientParty = partyOf(
  'our address and options',
  (balanced) => new Client(balanced.address, credentials.createInsecure(), balanced.options),
)

/** Everything is made anew for each channel of a case: discovery, connections, and all that is remembered of the server. In the end nothing is in flight. */
function partyOf(form: string, connect: (balanced: BalancedChannel) => Client): ClientParty {
  return {
    name: `grpc-js, ${form}`,
    play(one, server, iterations) {
      const makeClient = () => {
        const balanced = balancedChannel(name, { resolver: staticEndpoints({ [name]: [server] }) })
        const client = connect(balanced)
        return {
          client,
          async [Symbol.asyncDispose]() {
            const inFlight = balanced.inspect().peers.map((peer) => peer.inFlight)
            client.close()
            await balanced.close()
            equal(inFlight.join(), '0', 'calls in flight once every call has ended')
          },
        }
      }
      return one.play(makeClient, iterations)
    },
  }
}
