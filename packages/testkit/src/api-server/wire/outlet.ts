/**
 * Where an answer goes: HTTP/1.1 or HTTP/2, compressed or not, flushed write by write.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { constants, type Http2ServerResponse } from 'node:http2'
import { createGzip, type Gzip, constants as zlib } from 'node:zlib'
import type { ApiConnection } from './connection.ts'

/** Either kind of answer. */
export type Response = ServerResponse | Http2ServerResponse

/** One answer. */
export class Outlet {
  readonly connection: ApiConnection
  readonly #response: Response
  #gzip: Gzip | undefined
  #isOpen = true

  constructor(response: Response, connection: ApiConnection) {
    this.#response = response
    this.connection = connection
    response.on('error', () => {})
    this.onClose(() => {
      this.#isOpen = false
      this.#gzip?.destroy()
    })
  }

  /** Whether more can be written. */
  get isOpen(): boolean {
    return this.#isOpen && !this.#response.writableEnded
  }

  /** Whether its head has been sent. */
  get hasBegun(): boolean {
    return this.#response.headersSent
  }

  /** Called once when it is over, whatever ended it. */
  onClose(run: () => void): void {
    this.#response.once('close', run)
  }

  /** Sends the head at once. With a content-encoding of gzip what is written is compressed. */
  head(status: number, headers: OutgoingHttpHeaders): void {
    if (!this.isOpen) return
    this.#set(status, headers)
    if (headers['content-encoding'] === 'gzip')
      this.#compress()
      // Both have it; the types of HTTP/2 do not say so.
    ;(this.#response as ServerResponse).flushHeaders()
  }

  /** Resolves when the bytes have left, or when nobody is there any more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) return
    const gzip = this.#gzip
    if (gzip === undefined) await this.#send(bytes)
    else {
      const parts: Uint8Array[] = []
      const take = (part: Uint8Array): void => void parts.push(part)
      gzip.on('data', take)
      gzip.write(bytes)
      await new Promise<void>((resolve) => {
        gzip.once('close', resolve)
        gzip.flush(zlib.Z_SYNC_FLUSH, () => {
          gzip.off('close', resolve)
          resolve()
        })
      })
      gzip.off('data', take)
      await this.#send(Buffer.concat(parts))
    }
  }

  /** Ends it as a complete answer. */
  async end(): Promise<void> {
    const gzip = this.#gzip
    if (gzip !== undefined && this.isOpen) {
      const parts: Uint8Array[] = []
      gzip.on('data', (part: Uint8Array) => void parts.push(part))
      await new Promise<void>((resolve) => {
        gzip.once('close', resolve)
        gzip.once('end', resolve)
        gzip.end()
      })
      await this.#send(Buffer.concat(parts))
    }
    if (this.isOpen) this.#response.end()
  }

  /** Head and body at once. */
  answer(status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array): void {
    if (!this.isOpen) return
    this.#set(status, headers)
    this.#response.end(body)
  }

  /** Over HTTP/2 the stream is reset, over HTTP/1.1 the connection. */
  reset(): void {
    if ('stream' in this.#response) this.#response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else this.connection.reset()
  }

  #set(status: number, headers: OutgoingHttpHeaders): void {
    this.#response.statusCode = status
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.#response.setHeader(name, value as string)
  }

  #compress(): void {
    this.#gzip = createGzip({ level: zlib.Z_BEST_SPEED })
    this.#gzip.on('error', () => {})
  }

  #send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('close', done)
        resolve()
      }
      this.#response.once('close', done)
      if (bytes.length === 0 || !this.isOpen) done()
      else (this.#response as ServerResponse).write(bytes, done)
    })
  }
}
