/**
 * One HTTP/2 connection to a peer: a subchannel from the moment it is wanted until it leaves READY or fails. It is never used again then; the next one may
 * well be the same subchannel, which grpc-js's pool keeps.
 */
import type { ClientHttp2Session } from 'node:http2'
import { callerUnprocessed, failedUnprocessed, type Outcome, type Peer } from '@evenkeel/core'
import { connectivityState, type experimental } from '@grpc/grpc-js'
import { connectOutcome } from '../judging/outcome.ts'
import type { Settings } from '../options.ts'
import { closeUnused, type RealSubchannel, sessionOf, watchConnecting } from '../surface/subchannel.ts'
import { ConnectLimit } from './connect-limit.ts'
import { HealthWatch } from './health-watch.ts'

/** Who owns a connection. */
export interface ConnectionHome {
  /** Where it goes. */
  readonly peer: Peer
  /** For times. */
  readonly settings: Settings
  /** For the health of the peer. */
  readonly authority: string
  /** Calls may go there now. */
  opened(connection: Connection): void
  /** It came not about. */
  failed(connection: Connection, outcome: Outcome, details: string): void
  /** It takes no new calls; those on it go on. */
  closed(connection: Connection): void
  /** The server said that it closes this session, which other clients may have too. */
  goawaySaid(session: object): void
  /** The next connection must be another, not one that another client still has. */
  doubted(): void
  /** The peer said of itself that it serves, or that it does not. */
  healthSaid(connection: Connection, serving: 'serving' | 'not-serving'): void
  /** The last call on it has ended. */
  emptied(connection: Connection): void
}

type State = 'connecting' | 'checking' | 'open' | 'over'

/** Made when a call needs it. */
export class Connection {
  /** Tells connections of one peer apart. */
  readonly index: number
  /** The subchannel below grpc-js's wrappers. */
  readonly real: RealSubchannel
  /** Those of the channel, for every call. */
  readonly callCredentials: unknown
  /** How far it has come. */
  state: State = 'connecting'
  /** Streams that calls have on it. */
  streams = 0
  /** Streams that the peer permits. */
  limit: number = Number.POSITIVE_INFINITY
  /** Heads and messages that have come on it, over all its streams. */
  heard = 0
  /** The peer says that it does not serve. */
  unwell = false
  /** It was wanted since the last look at idle connections. */
  fresh = true
  readonly #home: ConnectionHome
  readonly #subchannel: experimental.SubchannelInterface
  readonly #limit: ConnectLimit
  #health: HealthWatch | undefined
  #session: ClientHttp2Session | undefined

  constructor(home: ConnectionHome, subchannel: experimental.SubchannelInterface, index: number) {
    this.#home = home
    this.index = index
    this.#subchannel = subchannel
    this.real = subchannel.getRealSubchannel()
    this.callCredentials = subchannel.getCallCredentials()
    subchannel.ref()
    subchannel.addConnectivityStateListener(this.#changed)
    const { clock, connectMs } = home.settings
    this.#limit = new ConnectLimit(clock, connectMs, (stalled) => this.#late(stalled))
  }

  /** Connects, whatever the subchannel has been through: who is tried and when is the balancer's business. */
  begin(): void {
    watchConnecting(this.real)
    this.#limit.start()
    const state = this.real.getConnectivityState()
    if (state === connectivityState.READY) {
      queueMicrotask(() => this.#open())
      return
    }
    if (state === connectivityState.TRANSIENT_FAILURE) this.real.resetBackoff()
    else this.#subchannel.startConnecting()
  }

  /** Whether a call may go on it. */
  get usable(): boolean {
    return this.state === 'open' && this.streams < this.limit
  }

  /** A call takes a stream. */
  occupy(): void {
    this.streams++
    this.fresh = true
  }

  /** A call gives its stream back. */
  vacate(): void {
    this.streams--
    if (this.streams === 0) this.#home.emptied(this)
  }

  /** It was silent for too long, on all streams, since it had heard that much: the next calls go on another, which proves by its SETTINGS that the peer is there. */
  doubt(heard: number): void {
    if (this.state === 'over' || this.heard !== heard) return
    this.#home.doubted()
    this.end()
  }

  /** No new calls; the connection closes in order when those on it have ended. */
  end(): void {
    if (this.state === 'over') return
    this.state = 'over'
    this.#limit[Symbol.dispose]()
    this.#health?.[Symbol.dispose]()
    this.#session?.off('goaway', this.#goaway)
    this.#subchannel.removeConnectivityStateListener(this.#changed)
    this.#subchannel.unref()
    closeUnused(this.real)
    this.#home.closed(this)
  }

  readonly #changed: experimental.ConnectivityStateListener = (_subchannel, _before, state, _keepalive, details) => {
    if (this.state === 'over') return
    if (state === connectivityState.READY) queueMicrotask(() => this.#open())
    else if (state === connectivityState.TRANSIENT_FAILURE)
      this.#fail(connectOutcome(details ?? ''), details ?? 'the connection failed')
    else if (state === connectivityState.IDLE && this.state !== 'connecting') this.end()
  }

  readonly #goaway = (): void => {
    if (this.#session !== undefined) this.#home.goawaySaid(this.#session)
  }

  /** grpc-js sets the session only after it has said READY. */
  #open(): void {
    if (this.state !== 'connecting') return
    const session = sessionOf(this.real)
    this.limit = session?.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY
    this.#session = session
    session?.once('goaway', this.#goaway)
    const { settings, authority } = this.#home
    if (settings.healthService === undefined) {
      this.#opened()
      return
    }
    this.state = 'checking'
    this.#health = new HealthWatch(this.real, authority, settings, (serving) => this.#healthSaid(serving))
  }

  #opened(): void {
    this.state = 'open'
    this.#limit[Symbol.dispose]()
    this.#home.opened(this)
  }

  #healthSaid(serving: 'serving' | 'not-serving'): void {
    if (this.state === 'over') return
    this.#limit[Symbol.dispose]()
    this.unwell = serving === 'not-serving'
    this.#home.healthSaid(this, serving)
    if (serving === 'serving' && this.state === 'checking') this.#opened()
    else if (serving === 'not-serving') this.state = 'checking'
  }

  #late(stalled: 'stalled' | 'awake'): void {
    const { connectMs } = this.#home.settings
    const details = `no connection within ${connectMs} ms`
    watchConnecting(this.real).end(new Error(details))
    this.#fail(stalled === 'stalled' ? callerUnprocessed : failedUnprocessed, details)
  }

  #fail(outcome: Outcome, details: string): void {
    if (this.state === 'over') return
    this.end()
    this.#home.failed(this, outcome, details)
  }
}
