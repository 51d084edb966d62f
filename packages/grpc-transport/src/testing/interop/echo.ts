/**
 * Metadata of the interop cases: what a server finds under these keys it sends back.
 */
import { Metadata } from '@grpc/grpc-js'

/** Comes back in the initial metadata. */
export const echoInitial = 'x-grpc-test-echo-initial'

/** Comes back in the trailing metadata. Binary, as the end of its name says. */
export const echoTrailing = 'x-grpc-test-echo-trailing-bin'

/** The part of `metadata` that is under this key. */
export function only(key: string, metadata: Metadata): Metadata {
  const part = new Metadata()
  for (const value of metadata.get(key)) part.add(key, value)
  return part
}
