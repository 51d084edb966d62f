/**
 * One call of a caller over all its attempts. It is what grpc-js gets from our selector (config, filter and pick information in one object), what the balancer
 * sees as the call, and the place where a reservation waits for its connection: so a call moves before anything of it is sent.
 */
import {
  type Call,
  cancelledUnprocessed,
  EvenkeelError,
  type Outcome,
  type Peer,
  type Pick,
  type Reason,
  refusalError,
  untried,
} from '@evenkeel/core'
import { type Deadline, Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type { PeerConnections } from '../connecting/peer-connections.ts'
import type { Hub } from '../hub.ts'
import type { KnowsDeadline } from '../surface/channel.ts'
import type { StreamStatus } from '../surface/subchannel.ts'
import { Attempt, type AttemptOwner, pushBack, pushbackOf } from './attempt.ts'
import type { MethodConfig } from './method-configs.ts'
import { isRepeatable } from './outcome.ts'
import { droppedResult, failedResult, type PickAnswer, queuedResult } from './pick-results.ts'
import { codeIsIn, neverAgain } from './retry-policy.ts'
import { SilenceLimit } from './silence-limit.ts'

/** Whose rules repeat a call. `hedged`: the user's hedging policy makes attempts beside each other. */
export type Repeats = 'never' | 'ours' | 'users' | 'hedged'

/** Publishes the picks that have become possible. */
export interface Publisher {
  publish(): void
  connectionsOf(peer: Peer): PeerConnections
}

// A call that waits for ready looks again this often when connections fail: as grpc-js's first back-off.
const waitForReadyMs = 1_000

/** Made by the selector. */
export class CallRecord implements Call, AttemptOwner, KnowsDeadline {
  readonly hashKey: string | undefined
  readonly policy: string | undefined
  readonly priority = 0
  readonly repeatable: boolean
  deadline: number = Number.POSITIVE_INFINITY
  tried: readonly Peer[] = untried
  /** What grpc-js reads of the config, at every attempt anew. */
  methodConfig: MethodConfig
  readonly status: status = status.OK
  readonly dynamicFilterFactories: readonly [this]
  readonly hub: Hub
  readonly startedAt: number
  readonly #repeats: Repeats
  readonly #waits: boolean
  #over = false
  #counted = false
  #moves = 0
  #repeated = 0
  #attempt: Attempt | undefined
  /** Attempts that run beside the last one: hedges. */
  #others: Attempt[] | undefined
  #publisher: Publisher | undefined
  #reserved: Pick | undefined
  #home: PeerConnections | undefined
  /** A place in the balancer's line, or a back-off. */
  #place: Disposable | undefined
  #failure: StatusObject | undefined
  #limit: SilenceLimit | undefined

  constructor(
    hub: Hub,
    methodConfig: MethodConfig,
    repeats: Repeats,
    waits: boolean,
    policy: string | undefined,
    hashKey: string | undefined,
  ) {
    this.hub = hub
    this.methodConfig = methodConfig
    this.repeatable = repeats !== 'never'
    this.policy = policy
    this.hashKey = hashKey
    this.dynamicFilterFactories = [this]
    this.startedAt = hub.clock.now()
    this.#repeats = repeats
    this.#waits = waits
    hub.enter()
  }

  /** Reaches the picker as it is. */
  get pickInformation(): this {
    return this
  }

  /** The rules of core read these. */
  get moves(): number {
    return this.#moves
  }

  get repeats(): number {
    return this.#repeated
  }

  deadlineIs(deadline: Deadline): void {
    this.deadline = this.hub.monotonic(deadline)
  }

  // The filter: its end is the end of the call, whatever ended it.

  createFilter(): this {
    return this
  }

  sendMetadata<T>(metadata: T): T {
    return metadata
  }

  receiveMetadata<T>(metadata: T): T {
    return metadata
  }

  sendMessage<T>(message: T): T {
    return message
  }

  receiveMessage<T>(message: T): T {
    return message
  }

  receiveTrailers(ended: StatusObject): StatusObject {
    if (!this.#over) this.#end(ended)
    return ended
  }

  // The pick.

  /** What grpc-js is told now. Asked again whenever the publisher publishes. */
  pick(publisher: Publisher): PickAnswer {
    // A call that ended in the microtasks before it was picked would still be sent.
    if (this.#over) return droppedResult
    this.#publisher = publisher
    this.#takeBack()
    if (this.#idle) this.#choose()
    if (this.#reserved !== undefined) {
      const connection = this.#home?.acquire()
      if (connection !== undefined) return this.#offer(new Attempt(this, this.#reserved, connection))
      this.#home?.wait(this)
    }
    const failure = this.#failure
    if (failure === undefined) return queuedResult
    this.#failure = undefined
    return failedResult(failure)
  }

  /** The connection for the reservation came not about. */
  unconnected(outcome: Outcome, details: string): void {
    const pick = this.#reserved
    if (pick === undefined) return
    this.#reserved = undefined
    this.#home = undefined
    this.#try(pick.peer)
    pick.settle(outcome)
    if (this.#over) return
    const delayMs = this.hub.upstream.attempts.again(this, outcome, this, this.hub.clock.now())
    if (delayMs !== undefined) {
      this.#moves++
      this.#later(delayMs)
    } else if (this.#waits) {
      this.#moves = 0
      this.tried = untried
      this.#later(waitForReadyMs)
    } else this.#fail(status.UNAVAILABLE, this.#unconnectedText(pick.peer, outcome, details))
    this.#publisher?.publish()
  }

  /** For calls that wait for ready: somebody may be there now. */
  wake(): void {
    this.#place = undefined
    this.#choose()
    this.#publisher?.publish()
  }

  // What the attempts tell.

  sent(attempt: Attempt): void {
    if (this.#repeats !== 'ours' && this.#repeats !== 'users') return
    this.#limit ??= new SilenceLimit(this)
    this.#limit.start(attempt)
  }

  headed(attempt: Attempt): void {
    this.#limit?.stop()
    this.hub.heads.add(attempt)
  }

  leaving({ pick }: Attempt): void {
    this.hub.reportLeaving(pick.peer)
  }

  /** The peer has been silent for longer than it should. Only if another attempt is permitted is it cut: else its answer may still come. */
  silent(attempt: Attempt, outcome: Outcome, silentMs: number): void {
    if (attempt.phase !== 'sent' || attempt !== this.#attempt) return
    this.#try(attempt.pick.peer)
    const delayMs = this.#again(outcome)
    if (delayMs === undefined) return
    attempt.connection.doubt()
    attempt.cut(delayMs, `no answer from ${attempt.getAddress()} within ${Math.round(silentMs)} ms`)
  }

  failed(attempt: Attempt, ended: StreamStatus, outcome: Outcome): void {
    this.#limit?.stop()
    this.#try(attempt.pick.peer)
    if (this.#over || this.methodConfig.retryPolicy === undefined) {
      if (outcome.fate === 'unprocessed') this.#moves++
      return
    }
    if (attempt.cutDelayMs !== undefined) {
      pushBack(ended, attempt.cutDelayMs)
      return
    }
    const pushbackMs = pushbackOf(ended)
    const delayMs =
      attempt.heard || (pushbackMs !== undefined && pushbackMs < 0) || !this.#mayRepeat(ended.code, outcome)
        ? undefined
        : this.#again(outcome)
    if (delayMs === undefined) this.methodConfig = neverAgain
    else if (this.#repeats === 'ours') pushBack(ended, delayMs)
  }

  // Inside.

  get #idle(): boolean {
    return this.#reserved === undefined && this.#place === undefined && this.#failure === undefined
  }

  #choose(): void {
    const { hub } = this
    if (!this.#counted) {
      if (hub.closing) {
        this.#refuse('closed')
        return
      }
      this.#counted = true
      hub.upstream.attempts.budget.deposit(this.startedAt)
    }
    if (this.#repeats === 'hedged' && !this.#mayHedge()) return
    const answer = hub.balancer.pick(this)
    if (answer.kind === 'pick') {
      this.#reserved = answer
      this.#home = this.#publisher?.connectionsOf(answer.peer)
    } else if (answer.kind === 'wait') this.#wait()
    else this.#refuse(answer.reason)
  }

  #wait(): void {
    // The line may be full, and says so at once.
    let waits = true
    const place = this.hub.balancer.wait(this, (reason) => {
      waits = false
      this.#place = undefined
      if (this.#over) return
      if (reason === 'again') this.#choose()
      else this.#refuse(reason)
      this.#publisher?.publish()
    })
    if (waits) this.#place = place
  }

  #refuse(reason: Reason): void {
    if (this.#waits && reason !== 'closed' && reason !== 'deadline' && reason !== 'queue-full') {
      const place = this.hub.sleepers.join(this)
      if (place !== undefined) {
        this.#place = place
        return
      }
    }
    const { message } = refusalError(reason, this.hub.upstream.service)
    this.#fail(reason === 'deadline' ? status.DEADLINE_EXCEEDED : status.UNAVAILABLE, message)
  }

  #fail(code: status, details: string): void {
    // It was refused by us, after all that the rules allow.
    if (this.methodConfig.retryPolicy !== undefined) this.methodConfig = neverAgain
    this.#failure = { code, details, metadata: new Metadata() }
  }

  #unconnectedText({ endpoint }: Peer, { fate, fault }: Outcome, details: string): string {
    const code = fault === 'caller' ? 'EVENKEEL_CALLER_EXHAUSTED' : 'EVENKEEL_CONNECT_FAILED'
    const facts = { service: this.hub.upstream.service, endpoint: endpoint.locator, fate, fault }
    return new EvenkeelError(code, details, facts).message
  }

  #later(delayMs: number): void {
    if (delayMs <= 0) this.#choose()
    else this.#place = this.hub.clock.wake(delayMs, () => this.wake())
  }

  #offer(attempt: Attempt): PickAnswer {
    this.#reserved = undefined
    this.#home = undefined
    if (this.#attempt !== undefined && this.#attempt.phase !== 'over') {
      this.#others ??= []
      this.#others.push(this.#attempt)
    }
    this.#attempt = attempt
    return attempt as unknown as PickAnswer
  }

  /** A pick that was offered and never started, since its connection went meanwhile, is asked for again. */
  #takeBack(): void {
    const attempt = this.#attempt
    if (attempt === undefined || attempt.phase !== 'offered' || this.#reserved !== undefined) return
    if (this.#repeats === 'hedged' && attempt.connection.usable) return
    this.#attempt = undefined
    this.#reserved = attempt.takeBack()
    this.#home = this.#publisher?.connectionsOf(this.#reserved.peer)
  }

  #try(peer: Peer): void {
    if (this.tried.includes(peer)) return
    this.tried = this.tried === untried ? [peer] : [...this.tried, peer]
  }

  #mayRepeat(code: status, outcome: Outcome): boolean {
    return this.#repeats === 'users'
      ? codeIsIn(this.methodConfig.retryPolicy?.retryableStatusCodes ?? [], code)
      : isRepeatable(code, outcome)
  }

  /** A hedge goes to an untried peer and spends budget; without any it fails in a way that its policy forgives, if it forgives anything. */
  #mayHedge(): boolean {
    if (this.#attempt === undefined) return true
    this.#try(this.#attempt.pick.peer)
    const { upstream, clock } = this.hub
    const [forgiven] = this.methodConfig.hedgingPolicy?.nonFatalStatusCodes ?? []
    if (upstream.attempts.budget.withdraw(clock.now()) || forgiven === undefined || this.#waits) return true
    const code = typeof forgiven === 'number' ? forgiven : status[forgiven.toUpperCase() as keyof typeof status]
    this.#fail(code, `no budget for another attempt at ${upstream.service}`)
    return false
  }

  /** The user's policy has its own count and delays; the budget is everybody's. */
  #again(outcome: Outcome): number | undefined {
    const { attempts } = this.hub.upstream
    const now = this.hub.clock.now()
    if (this.#repeats === 'users') {
      this.#repeated++
      return attempts.budget.withdraw(now) ? 0 : undefined
    }
    const delayMs = attempts.again(this, outcome, this, now)
    if (delayMs === undefined) return undefined
    if (outcome.fate === 'unprocessed') this.#moves++
    else this.#repeated++
    return delayMs
  }

  #end(ended: StatusObject): void {
    this.#over = true
    this.#place?.[Symbol.dispose]()
    this.#place = undefined
    this.#limit?.stop()
    this.#home?.leave(this)
    const pick = this.#reserved
    this.#reserved = undefined
    pick?.settle(cancelledUnprocessed)
    const late = ended.code === status.DEADLINE_EXCEEDED
    this.#attempt?.callOver(late, this.hub.clock.now() - this.startedAt)
    if (this.#others !== undefined) for (const other of this.#others) other.callOver(late, 0)
    this.hub.leave()
  }
}
