/**
 * Interop cases of calls that end before their server ends them.
 */
import { equal } from 'node:assert/strict'
import { status } from '@grpc/grpc-js'
import { converse, drain, upload } from '../call.ts'
import { caseOf, type InteropCase } from '../case.ts'
import { claimStatus } from '../claims.ts'
import { outputRequest, testService, zeros } from '../service.ts'

/** Cancelled before there is a message. */
export const cancelAfterBegin: InteropCase = caseOf('cancel_after_begin', async (client) => {
  const { stream, ended } = upload(client, testService.StreamingInputCall)
  stream.cancel()
  claimStatus(await ended, status.CANCELLED)
})

/** Cancelled while the stream is open. */
export const cancelAfterFirstResponse: InteropCase = caseOf('cancel_after_first_response', async (client) => {
  const stream = converse(client, testService.FullDuplexCall)
  const ended = drain(stream, () => stream.cancel())
  stream.write(outputRequest(27_182, 31_415))
  claimStatus(await ended, status.CANCELLED)
  equal((await ended).responses.length, 1, 'responses before the end')
})

/** A server that has nothing to say, and a deadline of 1 ms, in which a new channel has hardly connected. */
export const timeoutOnSleepingServer: InteropCase = caseOf('timeout_on_sleeping_server', async (client) => {
  const stream = converse(client, testService.FullDuplexCall, { withinMs: 1 })
  const ended = drain(stream)
  stream.write({ payload: zeros(27_182) })
  claimStatus(await ended, status.DEADLINE_EXCEEDED)
})
