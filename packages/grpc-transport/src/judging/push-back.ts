/**
 * What trailers say about the next attempt: the way in which a server slows its clients down (gRFC A6), and in which we tell grpc-js core's delay.
 */
import type { StatusObject } from '@grpc/grpc-js'

const pushbackKey = 'grpc-retry-pushback-ms'

/** Trailers may say how long to wait; less than 0 or nonsense: not again. */
export function pushbackOf({ metadata }: StatusObject): number | undefined {
  const [text] = metadata.get(pushbackKey)
  if (text === undefined) return undefined
  const ms = Number(text)
  return Number.isFinite(ms) ? ms : -1
}

/** Makes grpc-js wait that long before the next attempt. The status of an attempt that is repeated reaches nobody else. */
export function pushBack({ metadata }: StatusObject, ms: number): void {
  metadata.set(pushbackKey, String(Math.round(ms)))
}
