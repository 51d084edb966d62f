/**
 * The messages of `grpc.health.v1`, written by hand: two of them have one field, and loading a library and a file for them would cost every
 * process more than this one.
 */

/** `ServingStatus` of the protocol. */
export type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'

/** `HealthCheckRequest`. An object, since grpc-js takes a message that is an empty string for none. */
export interface HealthRequest {
  /** Empty for the whole server. */
  readonly service: string
}

/** Paths of all methods begin with this. */
export const healthPath = '/grpc.health.v1.Health/'

const statusNumbers: Readonly<Record<ServingStatus, number>> = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 }
// Field 1 as a number, and as bytes with their length: number << 3 | wire type.
const fieldOneNumber = 0x08
const fieldOneBytes = 0x0a
const fieldTwoBytes = 0x12

/** `HealthCheckResponse`. */
export function encodeResponse(status: ServingStatus): Buffer {
  return Buffer.from([fieldOneNumber, statusNumbers[status]])
}

/** `HealthListResponse`: a map from name to `HealthCheckResponse`. */
export function encodeList(statuses: ReadonlyMap<string, ServingStatus>): Buffer {
  const entries = [...statuses].flatMap(([name, status]) => {
    const entry = Buffer.concat([
      withLength(fieldOneBytes, Buffer.from(name)),
      withLength(fieldTwoBytes, encodeResponse(status)),
    ])
    return [withLength(fieldOneBytes, entry)]
  })
  return Buffer.concat(entries)
}

/**
 * Fields that this protocol does not have are passed over.
 * @throws Error for bytes that are no message
 */
export function decodeRequest(message: Buffer): HealthRequest {
  const reader = new Reader(message)
  let service = ''
  while (!reader.atEnd) {
    const tag = reader.number()
    if (tag === fieldOneBytes) service = reader.bytes().toString('utf8')
    else reader.skip(tag & 7)
  }
  return { service }
}

function withLength(tag: number, content: Buffer): Buffer {
  const length: number[] = []
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.concat([Buffer.from([tag, ...length, rest]), content])
    length.push((rest & 0x7f) | 0x80)
  }
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number {
    let value = 0
    // At most ten bytes: 64 bits, seven in each.
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#take(1)[0] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Error('a number of more than 64 bits')
  }

  bytes(): Buffer {
    return this.#take(this.number())
  }

  /** Passes over a value of this wire type: 0 number, 1 eight bytes, 2 bytes with their length, 5 four bytes. */
  skip(wireType: number): void {
    if (wireType === 0) this.number()
    else if (wireType === 1) this.#take(8)
    else if (wireType === 2) this.bytes()
    else if (wireType === 5) this.#take(4)
    else throw new Error(`no wire type: ${wireType}`)
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + count)
    if (taken.length < count) throw new Error('the message ends in the middle of a field')
    this.#at += count
    return taken
  }
}
