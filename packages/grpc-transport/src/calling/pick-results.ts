/**
 * What a picker answers besides an attempt.
 */
import { type experimental, Metadata, type StatusObject, status } from '@grpc/grpc-js'

/** As grpc-js reads it. */
export type PickAnswer = ReturnType<experimental.Picker['pick']>

const { DROP, QUEUE, TRANSIENT_FAILURE } = { QUEUE: 1, TRANSIENT_FAILURE: 2, DROP: 3 } as const
const nobody = { subchannel: null, onCallStarted: null, onCallEnded: null }

/** It is asked again when something has changed. */
export const queuedResult: PickAnswer = Object.freeze({ pickResultType: QUEUE, status: null, ...nobody })

/** The call is over already: nothing is sent, and nobody hears of it. */
export const droppedResult: PickAnswer = Object.freeze({
  pickResultType: DROP,
  status: { code: status.CANCELLED, details: 'the call has ended', metadata: new Metadata() },
  ...nobody,
})

/** The call fails; one that waits for ready is asked again. */
export function failedResult(failure: StatusObject): PickAnswer {
  return { pickResultType: TRANSIENT_FAILURE, status: failure, ...nobody }
}
