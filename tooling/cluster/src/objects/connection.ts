/**
 * Requests to the API server as one user: keys, trust and transport are those of `@kubernetes/client-node`, bodies stay as they were sent. Its typed
 * calls would leave out fields that its release does not know.
 */
import { type HttpMethod, IsomorphicFetchHttpLibrary, type KubeConfig, RequestContext } from '@kubernetes/client-node'
import { refusalOf } from './refusal.ts'

/** One request. */
export interface Ask {
  readonly method: HttpMethod
  readonly path: string
  readonly parameters?: Readonly<Record<string, string | undefined>>
  /** @defaultValue none */
  readonly body?: object
  /** @defaultValue 'application/json' */
  readonly contentType?: string
  readonly signal?: AbortSignal
}

/** The API server as one user sees it. */
export class Connection {
  readonly config: KubeConfig
  readonly #transport = new IsomorphicFetchHttpLibrary()

  constructor(config: KubeConfig) {
    this.config = config
  }

  /** The whole answer. @throws Refusal if it is not a success */
  async whole<T>(ask: Ask): Promise<T> {
    const { body } = await this.#send(ask)
    return JSON.parse(await body.text()) as T
  }

  /** An answer that goes on, line by line; ends when the server or the signal ends it. @throws Refusal if it is not a success */
  async *lines(ask: Ask): AsyncGenerator<string> {
    const { body } = await this.#send(ask)
    const stream = body.stream()
    if (stream === null) return
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  }

  async #send({ method, path, parameters = {}, body, contentType = 'application/json', signal }: Ask) {
    const { server } = this.config.getCurrentCluster() ?? { server: undefined }
    if (server === undefined) throw new Error('kubeconfig: no current cluster (expected: a current context)')
    const request = new RequestContext(`${server}${path}`, method)
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) request.setQueryParam(name, value)
    }
    if (body !== undefined) {
      request.setHeaderParam('content-type', contentType)
      request.setBody(JSON.stringify(body))
    }
    if (signal !== undefined) request.setSignal(signal)
    await this.config.applySecurityAuthentication(request)
    const response = await this.#transport.send(request).toPromise()
    if (response.httpStatusCode >= 300) throw refusalOf(response.httpStatusCode, await response.body.text())
    return response
  }
}
