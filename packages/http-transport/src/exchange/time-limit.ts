/**
 * The time of an attempt and of a call. A time-out that fires is not believed at once: the event loop first gets to read what has arrived, and time in
 * which this process was stalled does not count against the endpoint (law 10).
 */
import type { Lapse, Lapsing } from './lapse.ts'
import type { Service } from './service.ts'

/** What runs out of time. */
export interface Limited {
  /** How long this process could not look during the present attempt. */
  lagMs(): number
  attemptLapsed(fault: 'caller' | 'endpoint'): void
  callLapsed(): void
}

// A process that is stalled for more than this multiple of the limit has itself to blame: the wait must end at some time.
const maxStretch = 2

/** One per request. */
export class TimeLimit implements Lapsing {
  readonly attemptMs: number
  readonly totalMs: number
  /** Monotonic milliseconds at which the call began. */
  readonly startedAt: number
  lapseAt = 0
  lapseOlder: Lapsing | undefined
  lapseNewer: Lapsing | undefined
  readonly #service: Service
  readonly #limited: Limited
  readonly #lapse: Lapse | undefined
  #queued = false
  #attemptFrom = 0
  /** A lapse that is being looked into. */
  #check: Disposable | undefined
  #total: TotalLimit | undefined

  constructor(service: Service, limited: Limited, attemptMs: number, totalMs: number, now: number) {
    this.#service = service
    this.#limited = limited
    this.attemptMs = attemptMs
    this.totalMs = totalMs
    this.startedAt = now
    this.#lapse = service.lapseFor(attemptMs)
    const total = service.lapseFor(totalMs)
    if (total !== undefined) this.#total = new TotalLimit(service, limited, total, now)
  }

  startAttempt(now: number): void {
    this.stopAttempt()
    this.#attemptFrom = now
    if (this.#lapse === undefined) return
    this.#lapse.add(this, now)
    this.#queued = true
  }

  /** The head has come, or the attempt is over. */
  stopAttempt(): void {
    if (this.#queued) this.#lapse?.remove(this)
    this.#queued = false
    if (this.#check === undefined) return
    this.#check[Symbol.dispose]()
    this.#check = undefined
  }

  /** The head has reached the caller. */
  stopCall(): void {
    this.#total?.stop()
    this.#total = undefined
  }

  stop(): void {
    this.stopAttempt()
    this.stopCall()
  }

  lapsed(): void {
    this.#queued = false
    this.#check = this.#service.clock.afterPoll(() => this.#judge())
  }

  #judge(): void {
    this.#check = undefined
    const elapsedMs = this.#service.now() - this.#attemptFrom
    const missingMs = this.attemptMs - (elapsedMs - this.#limited.lagMs())
    if (missingMs < 1) this.#limited.attemptLapsed('endpoint')
    else if (elapsedMs >= this.attemptMs * maxStretch) this.#limited.attemptLapsed('caller')
    else this.#check = this.#service.clock.after(missingMs, () => this.lapsed())
  }
}

/** The time of the whole call: a promise to the caller, kept in real time. */
class TotalLimit implements Lapsing {
  lapseAt = 0
  lapseOlder: Lapsing | undefined
  lapseNewer: Lapsing | undefined
  readonly #service: Service
  readonly #limited: Limited
  readonly #lapse: Lapse
  #queued = true
  #check: Disposable | undefined

  constructor(service: Service, limited: Limited, lapse: Lapse, now: number) {
    this.#service = service
    this.#limited = limited
    this.#lapse = lapse
    lapse.add(this, now)
  }

  lapsed(): void {
    this.#queued = false
    this.#check = this.#service.clock.afterPoll(() => this.#limited.callLapsed())
  }

  stop(): void {
    if (this.#queued) this.#lapse.remove(this)
    this.#queued = false
    this.#check?.[Symbol.dispose]()
  }
}
