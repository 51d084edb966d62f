/**
 * One attempt of a call on one connection. To grpc-js it is at once the result of the pick, the subchannel that was picked, and the stream on it; that it
 * stands between the two is how it sees what the picker's callbacks do not tell: head, messages, RST_STREAM, and the end of what was never started. It settles
 * its pick exactly once.
 */
import {
  answeredCancelled,
  answeredGood,
  cancelledMaybeProcessed,
  cancelledUnprocessed,
  drainHeader,
  lostMaybeProcessed,
  type Outcome,
  type Pick,
} from '@evenkeel/core'
import { type ChannelCredentials, experimental, type Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type { Connection } from '../connecting/connection.ts'
import { hasKey } from '../surface/metadata.ts'
import type { StreamCall, StreamListener, StreamStatus } from '../surface/subchannel.ts'
import { outcomeOf } from './outcome.ts'

/** What an attempt tells its call. */
export interface AttemptOwner {
  /** It is about to end so; the pick is not settled yet. */
  ended(attempt: Attempt, status: StreamStatus, outcome: Outcome): void
  /** It has ended without satisfying; the pick is settled. May change how the status reads, so that grpc-js does what the rules say. */
  failed(attempt: Attempt, status: StreamStatus, outcome: Outcome): void
  /** The stream is on its way. */
  sent(attempt: Attempt): void
  /** The head has come: after this turn of the event loop its verdict is good, unless the status says otherwise before. */
  headed(attempt: Attempt): void
  /** The server said that it is going. */
  leaving(attempt: Attempt): void
}

type Phase = 'offered' | 'sent' | 'head' | 'over'
type CallCredentials = ReturnType<ChannelCredentials['_getCallCredentials' & keyof ChannelCredentials]>

const pushbackKey = 'grpc-retry-pushback-ms'
// What grpc-js says in its own words when the connection went: it gives no code of a RST_STREAM then.
const droppedText = /^(?:Connection dropped$|Write (?:error|failed))/

/** Without closures, since this is the cost of every call. */
export class Attempt {
  readonly pick: Pick
  readonly connection: Connection
  phase: Phase = 'offered'
  /** It was cut by us, so that the call can go elsewhere after this delay. */
  cutDelayMs: number | undefined
  readonly #owner: AttemptOwner
  #listener: StreamListener | undefined
  #stream: StreamCall | undefined
  #cancelled = false
  /** Whether a head came: grpc-js then repeats nothing. */
  heard = false

  constructor(owner: AttemptOwner, pick: Pick, connection: Connection) {
    this.#owner = owner
    this.pick = pick
    this.connection = connection
    connection.occupy()
  }

  // What grpc-js reads of the result of a pick.

  get pickResultType(): number {
    return experimental.PickResultType.COMPLETE
  }

  get subchannel(): this {
    return this
  }

  get status(): null {
    return null
  }

  get onCallStarted(): null {
    return null
  }

  get onCallEnded(): null {
    return null
  }

  // What it asks the subchannel.

  getCallCredentials(): CallCredentials {
    return this.connection.callCredentials as CallCredentials
  }

  getConnectivityState(): number {
    return this.connection.real.getConnectivityState()
  }

  getRealSubchannel(): this {
    return this
  }

  getChannelzRef(): unknown {
    return this.connection.real.getChannelzRef()
  }

  getAddress(): string {
    return this.connection.real.getAddress()
  }

  createCall(metadata: Metadata, host: string, method: string, listener: StreamListener, id: number): this {
    this.#listener = listener
    try {
      this.#stream = this.connection.real.createCall(metadata, host, method, this as unknown as StreamListener, id)
    } catch (error) {
      // The session had just ended, which is nobody's fault: grpc-js picks again.
      this.end(cancelledUnprocessed)
      throw error
    }
    this.phase = 'sent'
    this.pick.started()
    this.#owner.sent(this)
    return this
  }

  // What it asks the stream.

  cancelWithStatus(code: status, details: string): void {
    this.#cancelled = true
    this.#stream?.cancelWithStatus(code, details)
  }

  getPeer(): string {
    return this.#stream?.getPeer() ?? this.getAddress()
  }

  startRead(): void {
    this.#stream?.startRead()
  }

  sendMessageWithContext(context: Parameters<StreamCall['sendMessageWithContext']>[0], message: Buffer): void {
    this.#stream?.sendMessageWithContext(context, message)
  }

  halfClose(): void {
    this.#stream?.halfClose()
  }

  getCallNumber(): number {
    return this.#stream?.getCallNumber() ?? 0
  }

  getDeadlineInfo(): string[] {
    return this.#stream?.getDeadlineInfo() ?? []
  }

  getAuthContext(): unknown {
    return this.#stream?.getAuthContext() ?? null
  }

  // What the stream tells.

  onReceiveMetadata(metadata: Metadata): void {
    if (this.phase === 'sent') {
      this.phase = 'head'
      this.heard = true
      this.#owner.headed(this)
    }
    if (hasKey(metadata, drainHeader)) this.#owner.leaving(this)
    this.#listener?.onReceiveMetadata(metadata)
  }

  onReceiveMessage(message: Buffer): void {
    this.pick.answered('good')
    this.#listener?.onReceiveMessage(message)
  }

  onReceiveStatus(ended: StreamStatus): void {
    if (this.phase !== 'over') {
      if (hasKey(ended.metadata, drainHeader)) this.#owner.leaving(this)
      this.#conclude(ended)
    }
    this.#listener?.onReceiveStatus(ended)
  }

  // What its call does.

  /** The head has been there for a turn of the event loop, and no bad status came with it. */
  headStands(): void {
    if (this.phase === 'head') this.pick.answered('good')
  }

  /** Ends the silence of the peer: the call may go elsewhere after `delayMs`. */
  cut(delayMs: number, details: string): void {
    this.cutDelayMs = delayMs
    this.#stream?.cancelWithStatus(status.UNAVAILABLE, details)
  }

  /** What it would be if the deadline passed now. */
  get lateOutcome(): Outcome {
    return this.phase === 'head' ? answeredCancelled : cancelledMaybeProcessed
  }

  /** Its call is over, or does not want it any more. */
  abandon(): void {
    if (this.phase === 'over') return
    this.end(
      this.phase === 'offered'
        ? cancelledUnprocessed
        : this.phase === 'sent'
          ? cancelledMaybeProcessed
          : answeredCancelled,
    )
  }

  /** Its call is over after `callMs`. `late`: the deadline has passed. A peer that was given at least half of the time and said nothing has failed. */
  callOver(late: boolean, callMs: number): void {
    if (this.phase === 'over') return
    if (late && this.phase === 'sent' && callMs > 0 && this.pick.ageMs() >= callMs / 2) this.end(lostMaybeProcessed)
    else this.abandon()
  }

  /** A reservation whose connection went before anything was sent: its pick is used again. */
  takeBack(): Pick {
    this.phase = 'over'
    this.connection.vacate()
    return this.pick
  }

  /** Settles the pick. */
  end(outcome: Outcome): void {
    this.phase = 'over'
    // The connection first: the room that settling makes may be taken at once.
    this.connection.vacate()
    this.pick.settle(outcome)
  }

  #conclude(ended: StreamStatus): void {
    if (this.cutDelayMs === undefined && this.#cancelled) {
      this.abandon()
      return
    }
    // Nearly always: nothing else is looked at then.
    if (ended.code === status.OK && this.cutDelayMs === undefined) {
      this.end(answeredGood)
      return
    }
    const outcome = this.#outcomeOf(ended)
    this.#owner.ended(this, ended, outcome)
    this.end(outcome)
    this.#owner.failed(this, ended, outcome)
  }

  #outcomeOf(ended: StreamStatus): Outcome {
    const heard = this.phase === 'head' ? 'head' : 'nothing'
    const lost = this.cutDelayMs !== undefined || droppedText.test(ended.details)
    if (lost && heard === 'nothing') return lostMaybeProcessed
    return outcomeOf(ended.code, lost ? 0 : ended.rstCode, heard, pushbackOf(ended))
  }
}

/** Trailers may say how long to wait; less than 0 or nonsense: not again. */
export function pushbackOf({ metadata }: StatusObject): number | undefined {
  const [text] = metadata.get(pushbackKey)
  if (text === undefined) return undefined
  const ms = Number(text)
  return Number.isFinite(ms) ? ms : -1
}

/** Makes grpc-js wait that long before the next attempt. The status of an attempt that is repeated reaches nobody else. */
export function pushBack({ metadata }: StatusObject, ms: number): void {
  metadata.set(pushbackKey, String(Math.round(ms)))
}
