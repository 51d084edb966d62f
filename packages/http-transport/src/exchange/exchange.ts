/**
 * One request of a caller over all its attempts: picks, sends, waits, moves, repeats, and tells the caller once. It is at the same time the call that the
 * balancer sees and the one stable controller that the caller gets, at once, so that an abort works at every moment.
 */
import type { Duplex } from 'node:stream'
import {
  answeredGood,
  answeredLeaving,
  type Call,
  callerUnprocessed,
  type Outcome,
  type Peer,
  type Pick,
  type Reason,
  untried,
} from '@evenkeel/core'
import type { Dispatcher } from 'undici'
import { type Headers, isRepeatableStatus, outcomeOf, verdictOf } from './answer.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { AttemptLog } from './attempt-log.ts'
import { Caller } from './caller.ts'
import { cancelOf, codeOf, type Failure, failureOf, lapseOf, ownFailure } from './failure.ts'
import { isStreamed, KeptBody } from './kept-body.ts'
import { Passage } from './passage.ts'
import { type ExchangeOptions, passOptions, sendOptions } from './request-options.ts'
import type { Service } from './service.ts'
import { type Limited, TimeLimit } from './time-limit.ts'

type Controller = Dispatcher.DispatchController

/** Made by `dispatch`. Without closures, since this is the cost of every request. */
export class Exchange extends Caller implements Call, AttemptOwner, Limited {
  readonly deadline: number
  tried: readonly Peer[] = untried
  /** Its place among the requests under way. */
  place = -1
  readonly #service: Service
  readonly #options: ExchangeOptions
  readonly #origin: string
  readonly #body: KeptBody | undefined
  readonly #limit: TimeLimit
  #attempt: Attempt | undefined
  #madeLog: AttemptLog | undefined
  #passage: Passage | undefined
  /** What the call waits on: a place in the line, or a back-off. */
  #waiting: Disposable | undefined
  readonly #made = { moves: 0, repeats: 0 }
  #delivered = false
  #over = false

  constructor(service: Service, origin: string, options: ExchangeOptions, handler: Dispatcher.DispatchHandler) {
    super(options, handler)
    this.#service = service
    this.#origin = origin
    this.#options = options
    const { evenkeel, headersTimeout, body } = options
    this.#body = isStreamed(body) ? new KeptBody(body, service.settings.keptBodyBytes) : undefined
    const totalMs = evenkeel?.totalMs ?? service.settings.totalMs
    const now = service.now()
    this.deadline = now + totalMs
    this.#limit = new TimeLimit(service, this, headersTimeout ?? service.settings.headMs, totalMs, now)
  }

  /** Hands the caller its controller and makes the first attempt. */
  begin(): void {
    this.#service.enter(this)
    try {
      this.handler.onRequestStart?.(this, {})
    } catch (error) {
      this.abort(error as Error)
    }
    if (this.#over) return
    this.#service.upstream.attempts.budget.deposit(this.#limit.startedAt)
    this.#try(this.#limit.startedAt)
  }

  // What the caller does.

  pause(): void {
    this.paused = true
    this.#attempt?.controller?.pause()
    this.#passage?.pause()
  }

  resume(): void {
    this.paused = false
    this.#attempt?.controller?.resume()
    this.#passage?.resume()
  }

  abort(reason: Error): void {
    if (this.reason !== null || this.#over) return
    this.reason = reason ?? new DOMException('This operation was aborted', 'AbortError')
    this.#passage?.abort(this.reason)
    this.#attempt?.abandon(cancelOf(this.#attempt.phase), this.reason)
    this.#fail(this.reason)
  }

  // What time does.

  lagMs(): number {
    return this.#attempt?.lagMs(this.#service.now()) ?? 0
  }

  attemptLapsed(fault: 'caller' | 'endpoint'): void {
    const attempt = this.#attempt
    if (attempt === undefined) {
      this.#stopWaiting()
      this.#refuse('deadline')
      return
    }
    const failure = lapseOf(attempt.phase, fault)
    const error = new DOMException(`no answer within ${this.#limit.attemptMs} ms`, 'TimeoutError')
    this.#note(attempt, failure.code, failure.outcome)
    attempt.abandon(failure.outcome, error)
    this.#attemptFailed(attempt, failure, error)
  }

  /** The call has had its time. */
  callLapsed(): void {
    const attempt = this.#attempt
    const outcome = cancelOf(attempt?.phase ?? 'pick')
    const cause = new DOMException(`no answer within the ${this.#limit.totalMs} ms of the call`, 'TimeoutError')
    if (attempt !== undefined) {
      this.#note(attempt, 'EVENKEEL_DEADLINE', outcome)
      attempt.abandon(outcome, cause)
    }
    const fault = this.#log.lagMs > this.#limit.totalMs / 2 ? 'caller' : 'endpoint'
    this.#fail(this.#log.error('EVENKEEL_DEADLINE', outcome.fate, fault, cause))
  }

  // What the attempt hears.

  begun(_attempt: Attempt, controller: Controller): void {
    if (this.paused) controller.pause()
  }

  answered(attempt: Attempt, status: number, headers: Headers, text: string | undefined): void {
    this.#limit.stopAttempt()
    const verdict = verdictOf(status)
    attempt.pick.answered(verdict)
    if (attempt.saysLeaving(headers, this.#options, this.#service.now())) {
      this.#service.upstream.report(attempt.pick.peer, answeredLeaving)
    }
    attempt.outcome = outcomeOf(verdict, headers)
    if (verdict !== 'good' && isRepeatableStatus(status)) {
      this.#note(attempt, String(status), attempt.outcome)
      if (this.#tryAgain(attempt, attempt.outcome)) {
        attempt.discard(this.#service.clock)
        return
      }
    }
    this.#delivered = true
    this.#limit.stopCall()
    this.tellHead(attempt.controller, status, headers, text)
  }

  upgraded(attempt: Attempt, status: number, headers: Headers, socket: Duplex): void {
    attempt.pick.answered('good')
    // The socket is load until it ends, but its call is over.
    socket.once('close', () => {
      attempt.end(answeredGood)
      attempt.connections.discard(attempt.connection, null)
    })
    this.#finish()
    this.tellUpgrade(attempt.controller, status, headers, socket)
  }

  completed(attempt: Attempt, trailers: Headers): void {
    this.#finish()
    this.tellEnd(attempt.controller, trailers)
  }

  failed(attempt: Attempt, error: Error): void {
    this.#limit.stopAttempt()
    const own = this.#body?.error === error
    const stalled = attempt.pick.ageMs() < this.#service.settings.connectMs / 2
    const failure = own ? ownFailure : failureOf(error, attempt.phase, stalled)
    this.#note(attempt, codeOf(error), failure.outcome)
    attempt.end(failure.outcome)
    attempt.connections.discard(attempt.connection, error)
    this.#attemptFailed(attempt, failure, error)
  }

  /** A pass-through has ended. */
  passed(): void {
    this.#finish()
  }

  // The loop.

  #try(now: number): void {
    this.#limit.startAttempt(now)
    this.#pick(now)
  }

  #pick(now: number): void {
    const answer = this.#service.balancer.pick(this)
    if (answer.kind === 'pick') this.#send(answer, now)
    else if (answer.kind === 'refused') this.#refuse(answer.reason)
    else if (!this.#pass('waiting')) this.#waiting = this.#service.wait(this, (reason) => this.#resume(reason))
  }

  #resume(reason: 'again' | Reason): void {
    this.#waiting = undefined
    if (this.#over) return
    if (reason === 'again') this.#pick(this.#service.now())
    else this.#refuse(reason)
  }

  #send(pick: Pick, now: number): void {
    let attempt: Attempt
    try {
      attempt = new Attempt(this, pick, this.#service.connections.of(pick.peer), this.#origin, now)
    } catch (error) {
      // undici refuses the origin: nobody's fault but the caller's.
      pick.settle(callerUnprocessed)
      this.#fail(error as Error)
      return
    }
    this.#attempt = attempt
    attempt.connection.client.dispatch(sendOptions(this.#options, this.#body), attempt)
  }

  #attemptFailed(attempt: Attempt, { outcome, code }: Failure, error: Error): void {
    this.#attempt = undefined
    if (this.#over) return
    if (!this.#delivered && code !== undefined && this.#tryAgain(attempt, outcome)) return
    const fate = this.#delivered ? 'answered' : outcome.fate
    this.#fail(code === undefined ? error : this.#log.error(code, fate, outcome.fault, error))
  }

  /** Goes on with another attempt if the rules allow one. */
  #tryAgain(attempt: Attempt, outcome: Outcome): boolean {
    if (this.#body?.repeatable === false) return false
    this.tried = this.tried === untried ? [attempt.pick.peer] : [...this.tried, attempt.pick.peer]
    const now = this.#service.now()
    const delayMs = this.#service.upstream.attempts.again(this, outcome, this.#made, now)
    if (delayMs === undefined) return false
    if (outcome.fate === 'unprocessed') this.#made.moves++
    else this.#made.repeats++
    this.#attempt = undefined
    // Even without a delay not on undici's stack: its client is still in the middle of the attempt that ends.
    const { clock } = this.#service
    const next = (): void => this.#next()
    this.#waiting = delayMs > 0 ? clock.wake(delayMs, next) : clock.afterPoll(next)
    return true
  }

  #next(): void {
    this.#waiting = undefined
    this.#try(this.#service.now())
  }

  #note(attempt: Attempt, code: string, outcome: Outcome): void {
    this.#log.add(attempt, this.#service.now(), code, outcome)
  }

  get #log(): AttemptLog {
    this.#madeLog ??= new AttemptLog(this.#service.upstream)
    return this.#madeLog
  }

  #refuse(reason: Reason): void {
    if (!this.#pass(reason)) this.#fail(this.#log.refusal(reason))
  }

  #pass(reason: Reason | 'waiting'): boolean {
    const dispatcher = this.#service.passFor(reason)
    if (dispatcher === undefined) return false
    this.#limit.stop()
    this.#passage = new Passage(this, this.handler)
    this.#passage.begin(dispatcher, passOptions(this.#options, this.#origin, this.#body))
    return true
  }

  #fail(error: Error): void {
    if (this.#over) return
    this.#finish(error)
    this.handler.onResponseError?.(this, error)
  }

  #stopWaiting(): void {
    this.#waiting?.[Symbol.dispose]()
    this.#waiting = undefined
  }

  #finish(error?: Error): void {
    this.#over = true
    this.#limit.stop()
    this.#stopWaiting()
    this.#body?.end(error)
    this.#service.leave(this)
  }
}
