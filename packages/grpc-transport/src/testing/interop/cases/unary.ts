/**
 * Interop cases of one request and one response.
 */
import { deepEqual } from 'node:assert/strict'
import { status } from '@grpc/grpc-js'
import { askOnce } from '../call.ts'
import { caseOf, type InteropCase } from '../case.ts'
import { claimPayloads, claimStatus } from '../claims.ts'
import { largeRequest, largeSize, testService } from '../service.ts'

/** Messages without a byte. */
export const emptyUnary: InteropCase = caseOf('empty_unary', async (client) => {
  const ended = await askOnce(client, testService.EmptyCall, {})
  claimStatus(ended, status.OK)
  deepEqual(ended.responses, [{}])
})

/** Messages that are larger than any window of flow control. */
export const largeUnary: InteropCase = caseOf('large_unary', async (client) => {
  claimPayloads(await askOnce(client, testService.UnaryCall, largeRequest()), [largeSize])
})
