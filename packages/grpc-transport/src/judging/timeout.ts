/**
 * The time that a call has left, as it is written on the wire. Where grpc-js has told nobody the deadline, the headers of an attempt do.
 */
import type { Metadata } from '@grpc/grpc-js'
import { hasKey } from '../surface/metadata.ts'

const timeoutKey = 'grpc-timeout'
// The units of the gRPC protocol, in ms.
const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 }

/** Milliseconds; undefined for a call without a deadline. */
export function timeoutOf(metadata: Metadata): number | undefined {
  if (!hasKey(metadata, timeoutKey)) return undefined
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(String(metadata.get(timeoutKey)[0])) ?? []
  return digits === undefined ? undefined : Number(digits) * (units[unit] ?? 1)
}
