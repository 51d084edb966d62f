/**
 * The interop case of metadata that a server sends back.
 */
import { deepEqual } from 'node:assert/strict'
import { Metadata } from '@grpc/grpc-js'
import { askOnce, converse, drain, type Ended } from '../call.ts'
import { caseOf, type InteropCase } from '../case.ts'
import { claimPayloads } from '../claims.ts'
import { echoInitial, echoTrailing } from '../echo.ts'
import {
  largeRequest,
  largeRequestSize,
  largeSize,
  outputRequest,
  type PayloadResponse,
  testService,
} from '../service.ts'

const text = 'test_initial_metadata_value'
const bytes = Buffer.from([0xab, 0xab, 0xab])

/** Text in front of the response, bytes behind it; in a unary call and in a stream. */
export const customMetadata: InteropCase = caseOf('custom_metadata', async (client) => {
  claimEcho(await askOnce(client, testService.UnaryCall, largeRequest(), { metadata: sent() }))
  const stream = converse(client, testService.FullDuplexCall, { metadata: sent() })
  const ended = drain(stream)
  stream.write(outputRequest(largeRequestSize, largeSize))
  stream.end()
  claimEcho(await ended)
})

function sent(): Metadata {
  const metadata = new Metadata()
  metadata.set(echoInitial, text)
  metadata.set(echoTrailing, bytes)
  return metadata
}

function claimEcho(ended: Ended<PayloadResponse>): void {
  claimPayloads(ended, [largeSize])
  deepEqual(ended.head?.get(echoInitial), [text], 'initial metadata')
  deepEqual(ended.status.metadata.get(echoTrailing), [bytes], 'trailing metadata')
}
