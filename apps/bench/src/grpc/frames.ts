/**
 * As much of HTTP/2 (RFC 9113) as a server needs that answers every call alike: it counts and never reads a header, so it costs a tenth of what a
 * client of grpc-js does, and the client is what is measured.
 */

/** Types of frames. */
export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8 } as const

/** Flags of frames; `ended` on data and headers, `acknowledged` on settings and pings. */
export const flags = { ended: 0x1, acknowledged: 0x1, wholeHeaders: 0x4 } as const

/** One frame that came. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

const headBytes = 9
// What each client says before its first frame.
const prefaceBytes = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length

/** Cuts what a client sends into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)
  #skipped = false

  /** The frames that are whole by now. */
  read(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = []
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    if (!this.#skipped && bytes.length >= prefaceBytes) {
      bytes = bytes.subarray(prefaceBytes)
      this.#skipped = true
    }
    while (this.#skipped && bytes.length >= headBytes) {
      const end = headBytes + bytes.readUIntBE(0, 3)
      if (bytes.length < end) break
      const [type, flagBits] = [bytes[3] as number, bytes[4] as number]
      frames.push({ type, flags: flagBits, stream: bytes.readUInt32BE(5), payload: bytes.subarray(headBytes, end) })
      bytes = bytes.subarray(end)
    }
    this.#rest = bytes
    return frames
  }
}

/** One frame as bytes. */
export function frame(type: number, flagBits: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flagBits
  return Buffer.concat([head, payload])
}

/** Frames of one stream, written in advance; the number of the stream is filled in when they are sent. */
export class Answer {
  readonly #bytes: Buffer
  readonly #places: readonly number[]

  constructor(frames: readonly Buffer[]) {
    this.#bytes = Buffer.concat(frames)
    let end = 0
    this.#places = frames.map(({ length }) => {
      end += length
      return end - length + 5
    })
  }

  /** The frames for this stream. */
  on(stream: number): Buffer {
    const bytes = Buffer.from(this.#bytes)
    for (const place of this.#places) bytes.writeUInt32BE(stream, place)
    return bytes
  }
}

/** Head, one message and the status OK, as three frames. */
export function goodAnswer(message: string): Answer {
  const data = Buffer.alloc(5 + message.length)
  // A message is preceded by a byte for its compression, none, and by its length.
  data.writeUInt32BE(message.length, 1)
  data.write(message, 5, 'latin1')
  return new Answer([
    frame(frameTypes.headers, flags.wholeHeaders, responseHead),
    frame(frameTypes.data, 0, data),
    frame(frameTypes.headers, flags.wholeHeaders | flags.ended, header('grpc-status', '0')),
  ])
}

/** A status and nothing else, as one frame. */
export function badAnswer(code: number, message: string): Answer {
  const fields = [responseHead, header('grpc-status', String(code)), header('grpc-message', message)]
  return new Answer([frame(frameTypes.headers, flags.wholeHeaders | flags.ended, Buffer.concat(fields))])
}

/** A field that no table knows (RFC 7541, 6.2.2), so that nobody has to remember anything. */
function header(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ])
}

// Entry 8 of the static table is `:status: 200`.
const responseHead = Buffer.concat([Buffer.from([0x88]), header('content-type', 'application/grpc')])
