/**
 * A fake API server in a process of its own, with the slices: what clients over the network are measured with.
 */

import { gzipSync } from 'node:zlib'
import { fakeApiServer } from '@evenkeel/testkit'
import { answerParent } from '../child.ts'
import { allSlices, initialEvents } from './service.ts'

/** How it is made. */
export interface ServerTask {
  readonly scheme: 'http' | 'https'
  /** Whether a watch's answer is compressed. */
  readonly encoding: 'identity' | 'gzip'
}

/** Where it is. */
export interface Served {
  readonly url: string
  readonly token: string
  readonly ca: string | undefined
}

await answerParent(async ({ scheme, encoding }: ServerTask): Promise<Served> => {
  const server = await fakeApiServer({ scheme })
  for (const one of allSlices()) server.apply(one)
  if (encoding === 'gzip') {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const body = gzipSync(initialEvents(), { level: 1 })
    server.script({ kind: 'answer', headers, body }, { on: 'watch', times: 1 })
  }
  return { url: server.url, token: server.token, ca: server.ca }
})
