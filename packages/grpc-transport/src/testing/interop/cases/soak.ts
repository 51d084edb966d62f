/**
 * Interop cases of many calls one after another. How long a call may take is left to its deadline.
 */
import { askOnce } from '../call.ts'
import type { InteropCase, MakeClient } from '../case.ts'
import { claimPayloads } from '../claims.ts'
import { largeRequest, largeSize, testService } from '../service.ts'

/** All of them over one channel. */
export const rpcSoak: InteropCase = {
  name: 'rpc_soak',
  async play(makeClient, iterations) {
    await using made = makeClient()
    for (let iteration = 0; iteration < iterations; iteration++)
      claimPayloads(await askOnce(made.client, testService.UnaryCall, largeRequest()), [largeSize])
  },
}

/** Each over a channel of its own. */
export const channelSoak: InteropCase = {
  name: 'channel_soak',
  async play(makeClient, iterations) {
    for (let iteration = 0; iteration < iterations; iteration++) await overNewChannel(makeClient)
  },
}

async function overNewChannel(makeClient: MakeClient): Promise<void> {
  await using made = makeClient()
  claimPayloads(await askOnce(made.client, testService.UnaryCall, largeRequest()), [largeSize])
}
