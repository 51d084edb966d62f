/**
 * A Kubernetes API server for tests of what watches EndpointSlices: a real server on a port of 127.0.0.1 that answers as Kubernetes 1.37 does, with a
 * record of what it was asked, and with every fault that a network, a control plane or a script can make.
 */
import { type Clock, systemClock } from '@evenkeel/core'
import { Access, type ApiGrant } from './api-server/access.ts'
import { answer, type Desk, type Request } from './api-server/answering.ts'
import { Pages } from './api-server/list.ts'
import { type ApiService, type ApiSlice, apiResources, type StoredObject } from './api-server/objects.ts'
import type { ApiProtocol, SeenApiRequest } from './api-server/question.ts'
import { type ApiBehaviour, type ApiScriptOptions, isMeant, Script } from './api-server/script.ts'
import { keyOf, Store } from './api-server/store.ts'
import { Waiting } from './api-server/waiting.ts'
import type { ApiWatch, ServedWatch } from './api-server/watch.ts'
import type { ApiConnection } from './api-server/wire/connection.ts'
import { type ApiDoor, Front } from './api-server/wire/front.ts'
import type { Response } from './api-server/wire/outlet.ts'

export { type ApiGrant, tokenHash } from './api-server/access.ts'
export type { ApiMetadata, ApiService, ApiSlice, StoredMetadata, StoredObject } from './api-server/objects.ts'
export type { ApiProtocol, ApiVerb, SeenApiRequest } from './api-server/question.ts'
export type {
  ApiAnswerScript,
  ApiBehaviour,
  ApiFailureScript,
  ApiScriptOptions,
  ApiServeScript,
  ApiStreamScript,
} from './api-server/script.ts'
export { type ApiEventType, type ApiWatch, watchLine } from './api-server/watch.ts'
export type { ApiConnection } from './api-server/wire/connection.ts'
export type { ApiDoor } from './api-server/wire/front.ts'

/** How a fake API server is made. */
export interface FakeApiServerOptions {
  /** With TLS its certificate is made on the spot. @defaultValue 'https' */
  readonly scheme?: 'https' | 'http' | undefined
  /** Over plain HTTP, HTTP/2 is spoken with those who begin with it. @defaultValue both */
  readonly protocols?: readonly ApiProtocol[] | undefined
  /** The token that is good from the beginning. @defaultValue 'token-1' */
  readonly token?: string | undefined
  /** Runs time-outs, bookmarks and delays. @defaultValue the process's own */
  readonly clock?: Clock | undefined
  /** How often a watch gets a bookmark. @defaultValue 60000, as in the real server */
  readonly bookmarkMs?: number | undefined
  /** How long a watch lives that says nothing of it. @defaultValue 1800000; the real server takes that at least, twice that at most */
  readonly lifeMs?: number | undefined
  /** How long a version that has not come yet is waited for. @defaultValue 3000, as in the real server */
  readonly patienceMs?: number | undefined
  /** From which size on a list is compressed. @defaultValue 131072, as in the real server */
  readonly gzipBytes?: number | undefined
}

/** A fake API server. Disposing it, or `close`, ends every connection; nothing of it keeps the process alive. */
export interface FakeApiServer extends AsyncDisposable {
  /** `https://127.0.0.1:port`; the port stays the same while it lives. */
  readonly url: string
  /** What to trust, as PEM; undefined over plain HTTP. */
  readonly ca: string | undefined
  /** The token that was good at the beginning. */
  readonly token: string
  /** Version of the last write, as text. */
  readonly version: string
  /** Whether a watch may ask for initial events, as the feature gate WatchList says. */
  watchList: 'on' | 'off'

  /** Makes or changes an EndpointSlice; without a difference nothing is written. @returns it as it is kept */
  apply(slice: ApiSlice): StoredObject
  /** @returns whether there was one */
  remove(namespace: string, name: string): boolean
  /** Makes, changes and removes EndpointSlices until there are these and no others. */
  replaceAll(slices: readonly ApiSlice[]): void
  /** EndpointSlices as they are kept. */
  slices(): readonly StoredObject[]
  /** Makes or changes a Service. @returns it as it is kept */
  applyService(service: ApiService): StoredObject
  /** @returns whether there was one */
  removeService(namespace: string, name: string): boolean
  /** Forgets the history: watches and lists of versions before this one get 410. */
  compact(): void
  /** Every continue token that was given out so far gets 410. */
  expirePages(): void

  /** A token is good from now on. @param user @defaultValue 'system:serviceaccount:default:default' */
  addToken(token: string, user?: string): void
  /** A token is not good any more; as in the real server, what has begun goes on. */
  revokeToken(token: string): void
  /** Who may do what from now on; at first everybody with a token may do everything. As in the real server, what has begun goes on. */
  allow(grants: readonly ApiGrant[]): void
  /** New connections meet a new certificate, which is then `ca`. */
  renewCertificate(): void

  /** What is done with the next request, or the next ones, that it is meant for. Disposing takes it back. Behaviours are used in the order in which they were given. */
  script(behaviour: ApiBehaviour, options?: ApiScriptOptions): Disposable
  /** Opens and shuts the door. Resolves once it holds. */
  door(door: ApiDoor): Promise<void>
  /** What it was asked, in order of arrival. */
  readonly requests: readonly SeenApiRequest[]
  /** Connections that are open. */
  readonly connections: readonly ApiConnection[]
  /** Watches that are open, in the order in which they were opened. */
  readonly watches: readonly ApiWatch[]
  /** The next request that is meant. @param on @defaultValue every request */
  nextRequest(on?: ApiScriptOptions['on']): Promise<SeenApiRequest>
  /** The newest open watch, or the next one if none is open. */
  watch(): Promise<ApiWatch>
  /** Resolves once something holds. It is looked at after every request, and when a watch or connection opens or ends. */
  until(holds: () => boolean): Promise<void>
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/** Starts one. */
export async function fakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const made = new ScriptedApiServer(options)
  await made.open()
  return made
}

class ScriptedApiServer implements FakeApiServer {
  readonly token: string
  readonly requests: SeenApiRequest[] = []
  watchList: 'on' | 'off' = 'on'
  readonly #scheme: 'https' | 'http'
  readonly #store = new Store()
  readonly #pages = new Pages()
  readonly #access = new Access()
  readonly #script = new Script()
  readonly #desk: Desk
  readonly #front: Front
  readonly #waiting = new Waiting()
  readonly #opened: ApiWatch[] = []

  constructor(options: FakeApiServerOptions) {
    const { scheme = 'https', protocols = ['h2', 'http/1.1'], token = 'token-1', clock = systemClock } = options
    const { bookmarkMs = 60_000, lifeMs = 1_800_000, patienceMs = 3_000, gzipBytes = 131_072 } = options
    this.token = token
    this.addToken(token)
    this.#scheme = scheme
    this.#desk = {
      place: { store: this.#store, clock, patienceMs, pages: this.#pages },
      access: this.#access,
      script: this.#script,
      habits: { bookmarkMs, lifeMs },
      gzipBytes,
      watchList: () => this.watchList,
      note: (request) => this.#note(request),
      opened: (watch) => this.#open(watch),
    }
    this.#front = new Front({
      scheme,
      protocols,
      answer: (...asked) => this.#answer(...asked),
      moved: () => this.#waiting.look(),
    })
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#front.port}`
  }

  get ca(): string | undefined {
    return this.#front.certificate?.cert
  }

  get version(): string {
    return String(this.#store.version)
  }

  get connections(): readonly ApiConnection[] {
    return this.#front.connections.filter(({ isOpen }) => isOpen)
  }

  get watches(): readonly ApiWatch[] {
    return this.#opened.filter(({ isOpen }) => isOpen)
  }

  apply(slice: ApiSlice): StoredObject {
    return this.#store.apply('endpointslices', slice)
  }

  remove(namespace: string, name: string): boolean {
    return this.#store.remove('endpointslices', `${namespace}/${name}`)
  }

  replaceAll(slices: readonly ApiSlice[]): void {
    const wanted = new Set(slices.map(keyOf))
    for (const slice of slices) this.apply(slice)
    for (const slice of this.slices()) if (!wanted.has(keyOf(slice))) this.#store.remove('endpointslices', keyOf(slice))
  }

  slices(): readonly StoredObject[] {
    return this.#store.all(apiResources.endpointslices)
  }

  applyService(service: ApiService): StoredObject {
    return this.#store.apply('services', service)
  }

  removeService(namespace: string, name: string): boolean {
    return this.#store.remove('services', `${namespace}/${name}`)
  }

  compact(): void {
    this.#store.compact()
  }

  expirePages(): void {
    this.#pages.expire()
  }

  addToken(token: string, user = 'system:serviceaccount:default:default'): void {
    this.#access.add(token, user)
  }

  revokeToken(token: string): void {
    this.#access.revoke(token)
  }

  allow(grants: readonly ApiGrant[]): void {
    this.#access.grants = grants
  }

  renewCertificate(): void {
    this.#front.renewCertificate()
  }

  script(behaviour: ApiBehaviour, options: ApiScriptOptions = {}): Disposable {
    return this.#script.add(behaviour, options)
  }

  door(door: ApiDoor): Promise<void> {
    return this.#front.door(door)
  }

  async nextRequest(on?: ApiScriptOptions['on']): Promise<SeenApiRequest> {
    const from = this.requests.length
    const found = (): SeenApiRequest | undefined => this.requests.slice(from).find((request) => isMeant(on, request))
    await this.until(() => found() !== undefined)
    return found() as SeenApiRequest
  }

  async watch(): Promise<ApiWatch> {
    await this.until(() => this.watches.length > 0)
    return this.watches.at(-1) as ApiWatch
  }

  until(holds: () => boolean): Promise<void> {
    return this.#waiting.until(holds)
  }

  async open(): Promise<void> {
    await this.#front.open()
  }

  async close(): Promise<void> {
    await this.#front.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #answer(request: Request, response: Response): void {
    const connection = this.#front.connectionOf(request.socket.remotePort)
    // Without one the client has gone in the meantime, or somebody has found the way around the door.
    if (connection === undefined) request.socket.destroy()
    else void answer(this.#desk, request, response, connection)
  }

  #note(request: SeenApiRequest): void {
    this.requests.push(request)
    this.#waiting.look()
  }

  #open(watch: ServedWatch): void {
    this.#opened.push(watch)
    watch.onClose(() => this.#waiting.look())
    this.#waiting.look()
  }
}
