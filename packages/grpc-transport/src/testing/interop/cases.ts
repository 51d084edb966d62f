/**
 * The interop cases that are played.
 */
import type { InteropCase } from './case.ts'
import { cancelAfterBegin, cancelAfterFirstResponse, timeoutOnSleepingServer } from './cases/early-ends.ts'
import { customMetadata } from './cases/metadata.ts'
import { channelSoak, rpcSoak } from './cases/soak.ts'
import {
  specialStatusMessage,
  statusCodeAndMessage,
  unimplementedMethod,
  unimplementedServiceCase,
} from './cases/statuses.ts'
import { clientStreaming, emptyStream, pingPong, serverStreaming } from './cases/streams.ts'
import { emptyUnary, largeUnary } from './cases/unary.ts'

/** How often a soak case calls. */
export const soakIterations = 1_000

/** All of them, in the order of the descriptions; the longest last. */
export const interopCases: readonly InteropCase[] = [
  emptyUnary,
  largeUnary,
  clientStreaming,
  serverStreaming,
  pingPong,
  emptyStream,
  customMetadata,
  statusCodeAndMessage,
  specialStatusMessage,
  unimplementedMethod,
  unimplementedServiceCase,
  cancelAfterBegin,
  cancelAfterFirstResponse,
  timeoutOnSleepingServer,
  rpcSoak,
  channelSoak,
]
