/**
 * Clients of the fake API server for its tests: Node's own, over either protocol, with every chunk that comes.
 */
import { request } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { request as requestSecure } from 'node:https'
import type { Readable } from 'node:stream'
import { constants, gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import type { ApiProtocol, FakeApiServer } from '../../api-server.ts'
import { Waiting } from '../waiting.ts'

/** How to ask. */
export interface AskOptions {
  /** @defaultValue 'http/1.1' */
  readonly protocol?: ApiProtocol
  /** Undefined for none. @defaultValue that of the server */
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  /** A session to share. @defaultValue one of its own */
  readonly session?: ClientHttp2Session
}

// Reads as far as it goes.
const finishFlush = constants.Z_SYNC_FLUSH

/** An answer whose head has come. */
export class Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly chunks: Buffer[] = []
  /** How it ended: `end`, or the code of an error. */
  ended: string | undefined
  readonly #waiting = new Waiting()

  constructor(status: number, headers: Readonly<Record<string, unknown>>, body: Readable) {
    this.status = status
    this.headers = headers
    body.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk)
      this.#waiting.look()
    })
    // Node's HTTP/2 client ends a stream whose connection was lost as if it were complete, but for this number.
    body.on('end', () => this.#end((body as { rstCode?: number }).rstCode ? 'cut' : 'end'))
    body.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message))
    body.on('close', () => this.#end('close'))
  }

  /** What has come so far. */
  get text(): string {
    const bytes = Buffer.concat(this.chunks)
    return String(this.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes, { finishFlush }) : bytes)
  }

  /** Lines that have come so far, read. */
  get events(): readonly { readonly type: string; readonly object: never }[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }

  /** `ADDED a 2`: what the events so far say. */
  get told(): readonly string[] {
    return this.events.map(({ type, object }) => {
      const { name = '', resourceVersion = '' } = (object as { metadata: Record<string, string> }).metadata
      return `${type} ${name} ${resourceVersion}`.replace('  ', ' ').trim()
    })
  }

  /** The body as JSON, once it has ended. */
  async json(): Promise<never> {
    await this.end()
    return JSON.parse(this.text) as never
  }

  /** How it ends. */
  async end(): Promise<string> {
    await this.until(() => this.ended !== undefined)
    return this.ended as string
  }

  until(holds: () => boolean): Promise<void> {
    return this.#waiting.until(holds)
  }

  #end(how: string): void {
    this.ended ??= how
    this.#waiting.look()
  }
}

/** Opens an HTTP/2 session until the test has ended. */
export function sessionWith({ url, ca }: FakeApiServer): ClientHttp2Session {
  const session = connect(url, ca === undefined ? {} : { ca })
  session.on('error', () => {})
  onTestFinished(() => session.destroy())
  return session
}

/** Asks and resolves with the head of the answer. */
export function ask(server: FakeApiServer, path: string, options: AskOptions = {}): Promise<Heard> {
  const { protocol = 'http/1.1', method = 'GET' } = options
  const token = 'token' in options ? options.token : server.token
  const headers = { ...options.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  return protocol === 'h2'
    ? askHttp2(options.session ?? sessionWith(server), path, method, headers)
    : askHttp1(server, path, method, headers)
}

function askHttp1(
  { url, ca }: FakeApiServer,
  path: string,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, method, headers, ...(ca === undefined ? {} : { ca }) }
    const asked = ca === undefined ? request(url + path, options) : requestSecure(url + path, options)
    asked.on('response', (answer) => resolve(new Heard(answer.statusCode ?? 0, answer.headers, answer)))
    asked.on('error', reject)
    onTestFinished(() => void asked.destroy())
    asked.end()
  })
}

function askHttp2(
  session: ClientHttp2Session,
  path: string,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ...headers, ':path': path, ':method': method })
    stream.on('response', (head) => resolve(new Heard(head[':status'] ?? 0, head, stream)))
    stream.on('error', reject)
    session.on('error', reject)
    session.on('close', () => reject(new Error('the session has closed')))
    onTestFinished(() => void stream.destroy())
  })
}
