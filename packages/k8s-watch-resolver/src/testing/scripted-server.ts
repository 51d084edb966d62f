/**
 * An API server without a network: a function answers, and bodies are written while they are read.
 */
import type { ApiAnswer, ApiRequest, ApiServer } from '../access/api-server.ts'

/** A body that a test writes. */
export class ScriptedBody implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = []
  #end: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  /** One chunk. */
  write(text: string): this {
    this.#chunks.push(Buffer.from(text))
    this.#wake?.()
    return this
  }

  /** Ends it. @param error @defaultValue it ends in order */
  end(error?: unknown): this {
    this.#end ??= { error }
    this.#wake?.()
    return this
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) yield chunk
      else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error
        return
      } else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

/** An answer. */
export interface Scripted {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: ScriptedBody | string | object
  readonly aliveAt?: number
}

/** An API server that is a function. */
export class ScriptedServer implements ApiServer {
  readonly url = 'https://api.test'
  readonly namespace = 'shop'
  /** What was asked. */
  readonly paths: string[] = []
  /** How often it was told to read its token again. */
  renewed = 0
  /** Answers, or throws. */
  answer: (path: string) => Scripted

  constructor(answer: (path: string) => Scripted) {
    this.answer = answer
  }

  async get({ path, signal }: ApiRequest): Promise<ApiAnswer> {
    signal.throwIfAborted()
    this.paths.push(path)
    const { status = 200, headers = {}, body = '', aliveAt = 0 } = this.answer(path)
    const scripted = body instanceof ScriptedBody ? body : new ScriptedBody().write(textOf(body)).end()
    signal.addEventListener('abort', () => scripted.end(signal.reason), { once: true })
    return { status, header: (name) => headers[name], body: scripted, aliveAt }
  }

  renew(): void {
    this.renewed++
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Lets everything that waits for nothing but promises go on. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 50; round++) await undefined
}

function textOf(body: string | object): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}
