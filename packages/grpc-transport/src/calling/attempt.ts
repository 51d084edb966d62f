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
import { type ChannelCredentials, experimental, type Metadata, status } from '@grpc/grpc-js'
import type { Connection } from '../connecting/connection.ts'
import { outcomeOf } from '../judging/outcome.ts'
import { pushbackOf } from '../judging/push-back.ts'
import { hasKey } from '../surface/metadata.ts'
import type { StreamCall, StreamListener, StreamStatus } from '../surface/subchannel.ts'

/** What an attempt tells its call. */
export interface AttemptOwner {
  /** It is about to end so; the pick is not settled yet. */
  ended(attempt: Attempt, status: StreamStatus, outcome: Outcome): void
  /** It has ended without satisfying; the pick is settled. May change how the status reads, so that grpc-js does what the rules say. */
  failed(attempt: Attempt, status: StreamStatus, outcome: Outcome): void
  /** The stream is on its way. */
  sent(attempt: Attempt, metadata: Metadata): void
  /** The head has come: after this turn of the event loop its verdict is good, unless the status says otherwise before. */
  headed(attempt: Attempt): void
  /** The server said that it is going. */
  leaving(attempt: Attempt): void
}

type Phase = 'offered' | 'sent' | 'head' | 'over'
type CallCredentials = ReturnType<ChannelCredentials['_getCallCredentials' & keyof ChannelCredentials]>

// What grpc-js says in its own words when the connection went: it gives no code of a RST_STREAM then.
const droppedText = /^(?:Connection dropped$|Write (?:error|failed))/

/** Without closures, since this is the cost of every call. */
export class Attempt {
  /** The reservation that it settles. */
  readonly pick: Pick
  /** Where it runs. */
  readonly connection: Connection
  /** How far it has come. */
  phase: Phase = 'offered'
  /** It was cut by us, so that the call can go elsewhere after this delay. */
  cutDelayMs: number | undefined
  readonly #owner: AttemptOwner
  #listener: StreamListener | undefined
  #stream: StreamCall | undefined
  #cancelled = false
  #heardBefore = 0
  /** Whether a head came: grpc-js then repeats nothing. */
  heard = false

  constructor(owner: AttemptOwner, pick: Pick, connection: Connection) {
    this.#owner = owner
    this.pick = pick
    this.connection = connection
    connection.occupy()
  }

  // What grpc-js reads of the result of a pick.

  /** COMPLETE. */
  get pickResultType(): number {
    return experimental.PickResultType.COMPLETE
  }

  /** Itself. */
  get subchannel(): this {
    return this
  }

  /** None: it is no failure. */
  get status(): null {
    return null
  }

  /** None: it sees the start itself. */
  get onCallStarted(): null {
    return null
  }

  /** None: it sees the end itself. */
  get onCallEnded(): null {
    return null
  }

  // What it asks the subchannel.

  /** Those of the channel. */
  getCallCredentials(): CallCredentials {
    return this.connection.callCredentials as CallCredentials
  }

  /** That of the connection, now: grpc-js asks after it has awaited credentials. */
  getConnectivityState(): number {
    return this.connection.real.getConnectivityState()
  }

  /** Itself. */
  getRealSubchannel(): this {
    return this
  }

  /** For traces. */
  getChannelzRef(): unknown {
    return this.connection.real.getChannelzRef()
  }

  /** Of the pod. */
  getAddress(): string {
    return this.connection.real.getAddress()
  }

  /** Begins the stream. @throws Error when the session has just ended; grpc-js picks again */
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
    this.#heardBefore = this.connection.heard
    this.pick.started()
    this.#owner.sent(this, metadata)
    return this
  }

  // What it asks the stream.

  /** grpc-js does not want it any more. */
  cancelWithStatus(code: status, details: string): void {
    this.#cancelled = true
    this.#stream?.cancelWithStatus(code, details)
  }

  /** Address of the pod. */
  getPeer(): string {
    return this.#stream?.getPeer() ?? this.getAddress()
  }

  /** The caller takes one more message. */
  startRead(): void {
    this.#stream?.startRead()
  }

  /** Sends a message. */
  sendMessageWithContext(context: Parameters<StreamCall['sendMessageWithContext']>[0], message: Buffer): void {
    this.#stream?.sendMessageWithContext(context, message)
  }

  /** The caller has sent everything. */
  halfClose(): void {
    this.#stream?.halfClose()
  }

  /** For traces. */
  getCallNumber(): number {
    return this.#stream?.getCallNumber() ?? 0
  }

  /** For the words of a deadline. */
  getDeadlineInfo(): string[] {
    return this.#stream?.getDeadlineInfo() ?? []
  }

  /** Of the connection. */
  getAuthContext(): unknown {
    return this.#stream?.getAuthContext() ?? null
  }

  // What the stream tells.

  /** The head has come. */
  onReceiveMetadata(metadata: Metadata): void {
    this.connection.heard++
    if (this.phase === 'sent') {
      this.phase = 'head'
      this.heard = true
      this.#owner.headed(this)
    }
    if (hasKey(metadata, drainHeader)) this.#owner.leaving(this)
    this.#listener?.onReceiveMetadata(metadata)
  }

  /** A message has come. */
  onReceiveMessage(message: Buffer): void {
    this.connection.heard++
    this.pick.answered('good')
    this.#listener?.onReceiveMessage(message)
  }

  /** It has ended. */
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
    this.connection.doubt(this.#heardBefore)
    this.cutDelayMs = delayMs
    this.#stream?.cancelWithStatus(status.UNAVAILABLE, details)
  }

  /** It has been open for long enough: its caller opens it again elsewhere. The pod has done nothing wrong. */
  age(details: string): void {
    if (this.phase !== 'head') return
    this.end(answeredGood)
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
