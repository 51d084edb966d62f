/**
 * The interop cases of a pair as tests, one each.
 */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { interopCases } from './cases.ts'
import type { Pairing } from './pairing.ts'
import type { InteropServer } from './server.ts'

// Only ends what hangs: a thousand calls take some seconds, on a shared machine some more.
const hangsMs = 300_000

/** Registers them. @param iterations how often the soak cases call */
export function describePairing({ client, server, tries = {} }: Pairing, iterations: number): void {
  describe(`from ${client.name} to a ${server.name} server`, { timeout: hangsMs }, () => {
    let listening: InteropServer

    beforeAll(async () => {
      listening = await server.serve()
    })

    afterAll(async () => {
      await listening?.[Symbol.asyncDispose]()
    })

    for (const one of interopCases) {
      const { [one.name]: most = 1 } = tries
      test(`${one.name} is as described, from ${client.name} to a ${server.name} server`, { retry: most - 1 }, () =>
        client.play(one, listening.address, iterations),
      )
    }
  })
}
