/**
 * The two messages of `grpc.health.v1`, of one field each, by hand: a string asked for, an enum answered.
 */

// gRPC puts a flag for compression and the length in front of every message.
const frameBytes = 5
// Field 1: wire type 2 is a string, 0 a number.
const stringField = 0x0a
const numberField = 0x08
const servingStatus = 1

/** HealthCheckRequest, framed. */
export function watchRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const message =
    service === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([stringField, ...varint(name.length)]), name])
  const frame = Buffer.alloc(frameBytes)
  frame.writeUInt32BE(message.length, 1)
  return Buffer.concat([frame, message])
}

/** Whether a framed HealthCheckResponse says SERVING. A compressed one was not asked for, and says nothing. */
export function isServing(framed: Buffer): boolean {
  return framed[0] === 0 && framed[frameBytes] === numberField && framed[frameBytes + 1] === servingStatus
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
