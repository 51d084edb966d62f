/**
 * What a trial is of: a service, the clients that call it, and what is played. The members are `http/http.ts` and `grpc/grpc.ts`.
 */
import type { AttemptRecord, Methods, RequestRecord } from './recording/recording.ts'
import type { Scene } from './scene.ts'
import type { Discovery } from './stage/discovery.ts'
import type { App, Stage } from './stage/stage.ts'

/** What a trial needs to know of a protocol. */
export interface Protocol {
  readonly name: 'http' | 'grpc'
  /** What stands on the stage. */
  readonly app: App
  /** In the order in which they are played. */
  readonly scenes: readonly Scene[]
  /** For every change of the repository: a minute or two. */
  readonly ciScenes: readonly Scene[]
  /** Requests per second of each client by its name, streams not counted. `ours` is the first. */
  readonly clients: { readonly ours: number } & Readonly<Record<string, number>>
  readonly methods: Methods
  /** Whether pods tell which calls they got. */
  readonly podsTell: boolean
  /** Starts clients and their load. */
  start(options: StartOptions): Promise<Running>
}

/** What clients and load are made of. */
export interface StartOptions {
  readonly stage: Stage
  /** What our client uses. */
  readonly discovery: Discovery
  /** Decides when requests come and what they are. */
  readonly seed: number
  /** Hears of every request when it has ended. */
  record(request: RequestRecord): void
  /** Hears of attempts, at the latest when `stop` resolves. */
  attempted(attempt: AttemptRecord): void
}

/** A load that runs. Disposing it closes the clients. */
export interface Running extends AsyncDisposable {
  /** No new requests; resolves when the last one has ended and all attempts are told. */
  stop(): Promise<void>
}
