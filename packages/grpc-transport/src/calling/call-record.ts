/**
 * One call of a caller over all its attempts. It is what grpc-js gets from our selector (config, filter and pick information in one object) and what the
 * balancer sees as the call.
 */
import type { Outcome, Pick } from '@evenkeel/core'
import { type Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type { Connection } from '../connecting/connection.ts'
import type { Hub } from '../hub.ts'
import { isRepeatable, nameOf } from '../judging/outcome.ts'
import { pushBack, pushbackOf } from '../judging/push-back.ts'
import { codeIsIn, neverAgain } from '../judging/retry-policy.ts'
import { timeoutOf } from '../judging/timeout.ts'
import type { StreamStatus } from '../surface/subchannel.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { droppedResult, type PickAnswer } from './pick-results.ts'
import { type CallFacts, Placement, type Publisher } from './placement.ts'
import { SilenceLimit } from './silence-limit.ts'
import { ageLater } from './stream-age.ts'

/** Whose rules repeat a call. `hedged`: the user's hedging policy makes attempts beside each other. */
export type Repeats = 'never' | 'ours' | 'users' | 'hedged'

/** Made by the selector. */
export class CallRecord extends Placement implements AttemptOwner {
  /** The selector lets every call go on. */
  readonly status: status = status.OK
  /** Itself, which makes itself. */
  readonly dynamicFilterFactories: readonly [this]
  readonly #repeats: Repeats
  #attempt: Attempt | undefined
  /** Attempts that run beside the last one: hedges. */
  #others: Attempt[] | undefined
  #limit: SilenceLimit | undefined
  #aging: Disposable | undefined

  constructor(hub: Hub, facts: CallFacts, repeats: Repeats) {
    super(hub, facts, repeats !== 'never')
    this.dynamicFilterFactories = [this]
    this.#repeats = repeats
    hub.enter()
  }

  /** Reaches the picker as it is. */
  get pickInformation(): this {
    return this
  }

  // The filter: its end is the end of the call, whatever ended it.

  /** Itself. */
  createFilter(): this {
    return this
  }

  /** Passes it on. */
  sendMetadata<T>(metadata: T): T {
    return metadata
  }

  /** Passes it on. */
  receiveMetadata<T>(metadata: T): T {
    return metadata
  }

  /** Passes it on. */
  sendMessage<T>(message: T): T {
    return message
  }

  /** Passes it on. */
  receiveMessage<T>(message: T): T {
    return message
  }

  /** The call is over. */
  receiveTrailers(ended: StatusObject): StatusObject {
    if (!this.over) this.#end(ended)
    return ended
  }

  /** What grpc-js is told now. Asked again whenever the publisher publishes. */
  pick(publisher: Publisher): PickAnswer {
    // A call that ended in the microtasks before it was picked would still be sent.
    return this.over ? droppedResult : this.place(publisher, this.#takeBack())
  }

  // What the attempts tell.

  sent(attempt: Attempt, metadata: Metadata): void {
    if (this.#repeats !== 'ours' && this.#repeats !== 'users') return
    if (this.deadline === Number.POSITIVE_INFINITY) this.timeLeftIs(timeoutOf(metadata))
    this.#limit ??= new SilenceLimit(this)
    this.#limit.start(attempt)
  }

  headed(attempt: Attempt): void {
    this.#limit?.stop()
    this.hub.heads.add(attempt)
    const { streamAgeMs } = this.hub.settings
    if (streamAgeMs !== undefined) this.#aging = ageLater(attempt, streamAgeMs, this.hub.settings)
  }

  leaving({ pick }: Attempt): void {
    this.hub.reportLeaving(pick.peer)
  }

  /** The peer has been silent for longer than it should. Only if another attempt is permitted is it cut: else its answer may still come. */
  silent(attempt: Attempt, outcome: Outcome, silentMs: number): void {
    if (attempt.phase !== 'sent' || attempt !== this.#attempt) return
    this.try(attempt.pick.peer)
    const delayMs = this.#again(outcome)
    if (delayMs === undefined) return
    attempt.cut(delayMs, `no answer from ${attempt.getAddress()} within ${Math.round(silentMs)} ms`)
  }

  ended(attempt: Attempt, ended: StreamStatus, outcome: Outcome): void {
    this.log.add(
      attempt.pick,
      attempt.heard ? 'body' : 'head',
      nameOf(ended.code, outcome, attempt.cutDelayMs),
      outcome,
    )
  }

  failed(attempt: Attempt, ended: StreamStatus, outcome: Outcome): void {
    this.#limit?.stop()
    this.try(attempt.pick.peer)
    if (this.over || this.methodConfig.retryPolicy === undefined) {
      if (outcome.fate === 'unprocessed') this.moves++
      return
    }
    if (attempt.cutDelayMs !== undefined) {
      pushBack(ended, attempt.cutDelayMs)
      return
    }
    const pushbackMs = pushbackOf(ended)
    const forbidden = attempt.heard || (pushbackMs !== undefined && pushbackMs < 0)
    const delayMs = forbidden || !this.#mayRepeat(ended.code, outcome) ? undefined : this.#again(outcome)
    if (delayMs === undefined) this.methodConfig = neverAgain
    else if (this.#repeats === 'ours') pushBack(ended, delayMs)
  }

  protected override offer(pick: Pick, connection: Connection): PickAnswer {
    const attempt = new Attempt(this, pick, connection)
    if (this.#attempt !== undefined && this.#attempt.phase !== 'over') {
      this.#others ??= []
      this.#others.push(this.#attempt)
    }
    this.#attempt = attempt
    return attempt as unknown as PickAnswer
  }

  /** A hedge goes to an untried peer and spends budget; without any it fails in a way that its policy forgives, if it forgives anything. */
  protected override mayChoose(): boolean {
    if (this.#repeats !== 'hedged' || this.#attempt === undefined) return true
    this.try(this.#attempt.pick.peer)
    const { upstream, clock } = this.hub
    const [forgiven] = this.methodConfig.hedgingPolicy?.nonFatalStatusCodes ?? []
    if (upstream.attempts.budget.withdraw(clock.now()) || forgiven === undefined || this.waits) return true
    const code = typeof forgiven === 'number' ? forgiven : status[forgiven.toUpperCase() as keyof typeof status]
    this.fail(code, `no budget for another attempt at ${upstream.service}`)
    return false
  }

  /** A pick that was offered and never started, since its connection went meanwhile, is used again. */
  #takeBack(): Pick | undefined {
    const attempt = this.#attempt
    if (attempt === undefined || attempt.phase !== 'offered') return undefined
    if (this.#repeats === 'hedged' && attempt.connection.usable) return undefined
    this.#attempt = undefined
    return attempt.takeBack()
  }

  #mayRepeat(code: status, outcome: Outcome): boolean {
    if (this.#repeats === 'ours') return isRepeatable(code, outcome)
    return codeIsIn(this.methodConfig.retryPolicy?.retryableStatusCodes ?? [], code)
  }

  /** The user's policy has its own count and delays; the budget is everybody's. */
  #again(outcome: Outcome): number | undefined {
    const { attempts } = this.hub.upstream
    const now = this.hub.clock.now()
    if (this.#repeats === 'users') {
      this.repeats++
      return attempts.budget.withdraw(now) ? 0 : undefined
    }
    const delayMs = attempts.again(this, outcome, this, now)
    if (delayMs === undefined) return undefined
    if (outcome.fate === 'unprocessed') this.moves++
    else this.repeats++
    return delayMs
  }

  #end(ended: StatusObject): void {
    this.over = true
    this.#limit?.stop()
    this.#aging?.[Symbol.dispose]()
    if (ended.code !== status.OK) this.#explain(ended)
    this.letGo()
    const attempt = this.#attempt
    if (attempt !== undefined && attempt.phase !== 'over') {
      const late = ended.code === status.DEADLINE_EXCEEDED
      attempt.callOver(late, this.hub.clock.now() - this.startedAt)
    }
    if (this.#others !== undefined) for (const other of this.#others) other.abandon()
    this.hub.leave()
  }

  /** The caller's own cancel and the answer of a server explain themselves. */
  #explain({ code, metadata }: StatusObject): void {
    const attempt = this.#attempt
    if (code === status.DEADLINE_EXCEEDED && attempt?.phase !== 'over') {
      const sent = attempt !== undefined && attempt.phase !== 'offered'
      if (sent) this.log.add(attempt.pick, attempt.heard ? 'body' : 'head', 'EVENKEEL_DEADLINE', attempt.lateOutcome)
      else this.log.error('EVENKEEL_DEADLINE', 'the time of the call is over', 'endpoint')
    }
    if (code !== status.CANCELLED && this.troubled) this.log.tell(metadata)
  }
}
