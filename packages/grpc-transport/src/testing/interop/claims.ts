/**
 * What interop cases claim of a call that has ended.
 */
import { equal } from 'node:assert/strict'
import { status as codes } from '@grpc/grpc-js'
import type { Ended } from './call.ts'
import { type PayloadResponse, zeros } from './service.ts'

/** The call ended with this status, and with this message if one is named. @throws AssertionError */
export function claimStatus({ status }: Ended<unknown>, code: codes, message: string = status.details): void {
  equal(`${codes[status.code]}: ${status.details}`, `${codes[code]}: ${message}`)
}

/** The call was successful, with payloads of these sizes and of zeros. @throws AssertionError */
export function claimPayloads(ended: Ended<PayloadResponse>, sizes: readonly number[]): void {
  claimStatus(ended, codes.OK)
  const bodies = ended.responses.map(({ payload }) => payload?.body ?? new Uint8Array())
  equal(bodies.map(({ length }) => length).join(), sizes.join(), 'sizes of the payloads')
  equal(
    bodies.every((body) => Buffer.compare(body, zeros(body.length).body) === 0),
    true,
    'payloads are zeros',
  )
}
