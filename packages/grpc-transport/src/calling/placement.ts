/**
 * The search of a call for a peer with a connection: a reservation by the balancer that waits for its connection, a place in the line, or a back-off. So a call
 * moves before anything of it is sent, whatever its method. grpc-js asks again whenever the publisher publishes.
 */
import {
  type Call,
  cancelledUnprocessed,
  errorCodes,
  type Outcome,
  type Peer,
  type Pick,
  type Reason,
  refusalError,
  systemWallTime,
  untried,
} from '@evenkeel/core'
import { type Deadline, Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type { Connection } from '../connecting/connection.ts'
import type { PeerConnections, Waiter } from '../connecting/peer-connections.ts'
import type { Hub } from '../hub.ts'
import type { MethodConfig } from '../judging/method-configs.ts'
import { neverAgain } from '../judging/retry-policy.ts'
import type { KnowsDeadline } from '../surface/channel.ts'
import { CallLog } from './call-log.ts'
import { failedResult, type PickAnswer, queuedResult } from './pick-results.ts'
import type { Sleeper } from './sleepers.ts'

/** Publishes the picks that have become possible. */
export interface Publisher {
  /** grpc-js asks again, once for all that happens in this turn. */
  publish(): void
  /** Where the connections to the peer are. */
  connectionsOf(peer: Peer): PeerConnections
}

/** What the selector knows of a call. */
export interface CallFacts {
  /** What grpc-js is to do with it. */
  readonly methodConfig: MethodConfig
  /** Whether it waits for ready instead of failing. */
  readonly waits: boolean
  /** Name of a policy. */
  readonly policy: string | undefined
  /** For sticky policies. */
  readonly hashKey: string | undefined
}

// A call that waits for ready looks again this often when connections fail: as grpc-js's first back-off.
const waitForReadyMs = 1_000

/** The half of a call that ends with a connection. */
export abstract class Placement implements Call, KnowsDeadline, Waiter, Sleeper {
  /** What all calls of the channel share. */
  readonly hub: Hub
  readonly hashKey: string | undefined
  readonly policy: string | undefined
  readonly priority = 0
  readonly repeatable: boolean
  tried: readonly Peer[] = untried
  /** What grpc-js reads of the config, at every attempt anew. */
  methodConfig: MethodConfig
  /** Monotonic milliseconds. */
  readonly startedAt: number
  /** Attempts after one that was not processed, for the rules of core. */
  moves = 0
  /** Attempts after one that may have been processed. */
  repeats = 0
  /** Whether it waits for ready. */
  protected readonly waits: boolean
  /** Nothing more is done for it. */
  protected over = false
  #deadline: Deadline = Number.POSITIVE_INFINITY
  #counted = false
  #publisher: Publisher | undefined
  #reserved: Pick | undefined
  #home: PeerConnections | undefined
  /** A place in a line, or a back-off. */
  #place: Disposable | undefined
  #failure: StatusObject | undefined
  #log: CallLog | undefined

  constructor(hub: Hub, { methodConfig, waits, policy, hashKey }: CallFacts, repeatable: boolean) {
    this.hub = hub
    this.methodConfig = methodConfig
    this.waits = waits
    this.policy = policy
    this.hashKey = hashKey
    this.repeatable = repeatable
    this.startedAt = hub.clock.now()
  }

  /** Few calls are asked. */
  get deadline(): number {
    return this.hub.monotonic(this.#deadline)
  }

  deadlineIs(deadline: Deadline): void {
    this.#deadline = deadline
  }

  /** For channels that a client made without our help: the first attempt tells. */
  protected timeLeftIs(ms: number | undefined): void {
    if (ms !== undefined) this.#deadline = systemWallTime() + ms
  }

  unconnected(outcome: Outcome, details: string): void {
    const pick = this.#reserved
    if (pick === undefined) return
    this.#reserved = undefined
    this.#home = undefined
    this.try(pick.peer)
    const code = outcome.fault === 'caller' ? 'EVENKEEL_CALLER_EXHAUSTED' : 'EVENKEEL_CONNECT_FAILED'
    this.log.add(pick, 'connect', code, outcome)
    pick.settle(outcome)
    if (this.over) return
    const delayMs = this.hub.upstream.attempts.again(this, outcome, this, this.hub.clock.now())
    if (delayMs !== undefined) {
      this.moves++
      this.#later(delayMs)
    } else if (this.waits) {
      this.moves = 0
      this.tried = untried
      this.#later(waitForReadyMs)
    } else {
      const error = this.log.error(code, `${errorCodes[code].means}: ${details}`)
      this.fail(status.UNAVAILABLE, error.message)
    }
    this.#publisher?.publish()
  }

  wake(): void {
    this.#place = undefined
    this.#choose()
    this.#publisher?.publish()
  }

  /** What has gone wrong so far. */
  get log(): CallLog {
    this.#log ??= new CallLog(this.hub.upstream)
    return this.#log
  }

  /** Whether anything has. */
  protected get troubled(): boolean {
    return this.#log !== undefined
  }

  /** A connection with a reservation on its peer, or what grpc-js is told instead. */
  protected place(publisher: Publisher, kept: Pick | undefined): PickAnswer {
    this.#publisher = publisher
    if (kept !== undefined && this.#reserved === undefined) this.#reserve(kept)
    else if (this.#reserved === undefined && this.#place === undefined && this.#failure === undefined) this.#choose()
    const pick = this.#reserved
    if (pick !== undefined) {
      const connection = this.#home?.acquire()
      if (connection === undefined) this.#home?.wait(this)
      else {
        this.#reserved = undefined
        this.#home = undefined
        return this.offer(pick, connection)
      }
    }
    const failure = this.#failure
    if (failure === undefined) return queuedResult
    this.#failure = undefined
    return failedResult(failure)
  }

  /** Makes the attempt. */
  protected abstract offer(pick: Pick, connection: Connection): PickAnswer

  /** Whether the balancer may be asked; a call that may not has failed. */
  protected abstract mayChoose(): boolean

  /** grpc-js is told this status at the next pick. */
  protected fail(code: status, details: string): void {
    // It was refused by us, after all that the rules allow.
    if (this.methodConfig.retryPolicy !== undefined) this.methodConfig = neverAgain
    this.#failure = { code, details, metadata: new Metadata() }
  }

  /** Another attempt goes to another peer. */
  protected try(peer: Peer): void {
    if (this.tried.includes(peer)) return
    this.tried = this.tried === untried ? [peer] : [...this.tried, peer]
  }

  /** Nothing is waited for any more. */
  protected letGo(): void {
    this.#place?.[Symbol.dispose]()
    this.#place = undefined
    this.#home?.leave(this)
    const pick = this.#reserved
    this.#reserved = undefined
    pick?.settle(cancelledUnprocessed)
  }

  #choose(): void {
    const { hub } = this
    if (!this.#counted) {
      this.#counted = true
      if (hub.closing) {
        this.#refuse('closed')
        return
      }
      hub.upstream.attempts.budget.deposit(this.startedAt)
    }
    if (!this.mayChoose()) return
    const answer = hub.balancer.pick(this)
    if (answer.kind === 'pick') this.#reserve(answer)
    else if (answer.kind === 'wait') this.#wait()
    else this.#refuse(answer.reason)
  }

  #reserve(pick: Pick): void {
    this.#reserved = pick
    this.#home = this.#publisher?.connectionsOf(pick.peer)
  }

  #wait(): void {
    // The line may be full, and says so at once.
    let waits = true
    const place = this.hub.balancer.wait(this, (reason) => {
      waits = false
      this.#place = undefined
      if (this.over) return
      if (reason === 'again') this.#choose()
      else this.#refuse(reason)
      this.#publisher?.publish()
    })
    if (waits) this.#place = place
  }

  #refuse(reason: Reason): void {
    if (this.waits && reason !== 'closed' && reason !== 'deadline' && reason !== 'queue-full') {
      const place = this.hub.sleepers.join(this)
      if (place !== undefined) {
        this.#place = place
        return
      }
    }
    const error = refusalError(reason, this.hub.upstream.service, this.log.facts(this.hub.upstream.set.error))
    this.log.last = error
    this.fail(reason === 'deadline' ? status.DEADLINE_EXCEEDED : status.UNAVAILABLE, error.message)
  }

  #later(delayMs: number): void {
    if (delayMs <= 0) this.#choose()
    else this.#place = this.hub.clock.wake(delayMs, () => this.wake())
  }
}
