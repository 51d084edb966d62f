/**
 * Interop cases of streams that end well.
 */
import { deepEqual } from 'node:assert/strict'
import { status } from '@grpc/grpc-js'
import { converse, download, drain, upload } from '../call.ts'
import { caseOf, type InteropCase } from '../case.ts'
import { claimPayloads, claimStatus } from '../claims.ts'
import { outputRequest, requestSizes, responseSizes, testService, zeros } from '../service.ts'

/** Four requests, one response. */
export const clientStreaming: InteropCase = caseOf('client_streaming', async (client) => {
  const { stream, ended } = upload(client, testService.StreamingInputCall)
  for (const size of requestSizes) stream.write({ payload: zeros(size) })
  stream.end()
  claimStatus(await ended, status.OK)
  deepEqual((await ended).responses, [{ aggregatedPayloadSize: requestSizes.reduce((sum, size) => sum + size, 0) }])
})

/** One request, four responses. */
export const serverStreaming: InteropCase = caseOf('server_streaming', async (client) => {
  const request = { responseParameters: responseSizes.map((size) => ({ size })) }
  claimPayloads(await download(client, testService.StreamingOutputCall, request), responseSizes)
})

/** Four requests, each of them once the one before is answered. */
export const pingPong: InteropCase = caseOf('ping_pong', async (client) => {
  const stream = converse(client, testService.FullDuplexCall)
  const serve = (round: number): void => {
    const [asked, answered] = [requestSizes[round], responseSizes[round]]
    if (asked === undefined || answered === undefined) stream.end()
    else stream.write(outputRequest(asked, answered))
  }
  const ended = drain(stream, serve)
  serve(0)
  claimPayloads(await ended, responseSizes)
})

/** No message in either direction. */
export const emptyStream: InteropCase = caseOf('empty_stream', async (client) => {
  const stream = converse(client, testService.FullDuplexCall)
  const ended = drain(stream)
  stream.end()
  claimPayloads(await ended, [])
})
