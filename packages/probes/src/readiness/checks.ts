/**
 * Named checks, asked when somebody asks for readiness. However often that is, a check runs at most once a second and never
 * twice at a time: a probe must not become the load that breaks what it looks at.
 */
import { type Clock, EvenkeelError } from '@evenkeel/core'

/** Fails by throwing, rejecting or answering `false`. The signal aborts when its time is over. */
export type Check = (signal: AbortSignal) => unknown

/** A check with settings of its own. */
export interface CheckOptions {
  /** Asks what must work. */
  readonly run: Check
  /**
   * The longest it may take, in milliseconds.
   * @defaultValue `checkTimeoutMs` of `probes`
   */
  readonly timeoutMs?: number
}

/** How a check ended. `tookMs` of one that still runs after its time-out keeps growing. */
export type CheckResult =
  | { readonly kind: 'passed'; readonly name: string; readonly tookMs: number }
  | { readonly kind: 'failed'; readonly name: string; readonly tookMs: number; readonly error: unknown }
  | { readonly kind: 'timed-out'; readonly name: string; readonly tookMs: number }

// The kubelet asks every 10 s by default; several askers together cause one run a second.
const freshMs = 1_000

/** All checks of one process. */
export class Checks implements Disposable {
  readonly #checks: readonly NamedCheck[]

  constructor(checks: Readonly<Record<string, CheckOptions>>, timeoutMs: number, clock: Clock) {
    this.#checks = Object.entries(checks).map(
      ([name, check]) => new NamedCheck(name, check.run, check.timeoutMs ?? timeoutMs, clock),
    )
  }

  /** All names. */
  get names(): readonly string[] {
    return this.#checks.map(({ name }) => name)
  }

  /** The results of these, at most a second old. Never rejects, and takes at most the longest time-out. */
  run(names: readonly string[] = this.names): Promise<readonly CheckResult[]> {
    return Promise.all(this.#checks.filter(({ name }) => names.includes(name)).map((check) => check.result()))
  }

  /** The last results, without asking anybody. */
  get last(): readonly CheckResult[] {
    return this.#checks.flatMap(({ last }) => (last === undefined ? [] : [last]))
  }

  /** Aborts what runs. */
  [Symbol.dispose](): void {
    for (const check of this.#checks) check[Symbol.dispose]()
  }
}

class NamedCheck implements Disposable {
  readonly name: string
  readonly #run: Check
  readonly #timeoutMs: number
  readonly #clock: Clock
  #asked: Promise<CheckResult> | undefined
  #endedAt = Number.NEGATIVE_INFINITY
  #runningSince: number | undefined
  #cut: ((reason: EvenkeelError) => void) | undefined
  last: CheckResult | undefined

  constructor(name: string, run: Check, timeoutMs: number, clock: Clock) {
    this.name = name
    this.#run = run
    this.#timeoutMs = timeoutMs
    this.#clock = clock
  }

  async result(): Promise<CheckResult> {
    if (this.#asked !== undefined) return await this.#asked
    const now = this.#clock.now()
    // A check that ignores its signal may hang for ever: it is reported, never joined by a second one.
    if (this.#runningSince !== undefined)
      return { kind: 'timed-out', name: this.name, tookMs: now - this.#runningSince }
    if (this.last !== undefined && now - this.#endedAt < freshMs) return this.last
    this.#asked = this.#start(now)
    this.last = await this.#asked
    this.#asked = undefined
    this.#endedAt = this.#clock.now()
    return this.last
  }

  #start(startedAt: number): Promise<CheckResult> {
    const name = this.name
    const abort = new AbortController()
    const took = (): number => this.#clock.now() - startedAt
    this.#runningSince = startedAt
    return new Promise((resolve) => {
      const timer = this.#clock.after(this.#timeoutMs, () => {
        resolve({ kind: 'timed-out', name, tookMs: took() })
        abort.abort(new DOMException(`the check ${name} took longer than ${this.#timeoutMs} ms`, 'TimeoutError'))
      })
      this.#cut = (reason) => {
        timer[Symbol.dispose]()
        resolve({ kind: 'failed', name, tookMs: took(), error: reason })
        abort.abort(reason)
      }
      const end = (result: CheckResult): void => {
        timer[Symbol.dispose]()
        this.#runningSince = undefined
        this.#cut = undefined
        resolve(result)
      }
      const work = async (): Promise<unknown> => await this.#run(abort.signal)
      work().then(
        (value) =>
          end(
            value === false
              ? { kind: 'failed', name, tookMs: took(), error: false }
              : { kind: 'passed', name, tookMs: took() },
          ),
        (error: unknown) => end({ kind: 'failed', name, tookMs: took(), error }),
      )
    })
  }

  [Symbol.dispose](): void {
    this.#cut?.(new EvenkeelError('EVENKEEL_CLOSED', 'the probes were closed'))
  }
}
