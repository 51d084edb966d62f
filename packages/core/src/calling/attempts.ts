/**
 * Whether and when a call is tried again. Decides and never sends, so that HTTP and gRPC follow the same rules.
 */
import type { Clock } from '../clock.ts'
import { invalidOption } from '../errors.ts'
import { events } from '../events.ts'
import type { Random } from '../random.ts'
import { type BackoffOptions, backoffMs } from './attempts/backoff.ts'
import { type Budget, type BudgetOptions, WindowBudget } from './attempts/budget.ts'
import type { Call } from './call.ts'
import type { Outcome } from './outcome.ts'

/** Options of the retry rules of an upstream. */
export interface RetryOptions extends BackoffOptions {
  /** Attempts that may have been processed, the first included; 1 switches repeats off. @defaultValue 3 */
  readonly maxAttempts?: number
  /** How many repeats an upstream may make in all. @defaultValue 20 % of calls and 10 per second, over 10 s */
  readonly budget?: BudgetOptions
}

/** Attempts that a call has made beyond its first. */
export interface Made {
  /** Attempts after one that was certainly not processed. */
  readonly moves: number
  /** Attempts after one that may have been processed. */
  readonly repeats: number
}

/** Asked by every transport after each attempt that did not satisfy. */
export interface Attempts {
  /**
   * The delay in ms before another attempt, or undefined when there is to be none. Spends budget for a repeat.
   *
   * - A fault of the caller never moves (law 7).
   * - `unprocessed`: any method moves, free of budget, at most 3 times.
   * - Otherwise only a repeatable call repeats, within `maxAttempts` and the budget, and an overloaded answer only if it says when.
   * - A peer that asks for time gets it, up to 30 s; where it is the only one and asks for more, its answer stands.
   */
  again(call: Call, outcome: Outcome, made: Made, now: number): number | undefined
  /** What repeats are paid from, shared by all calls of the upstream. */
  readonly budget: Budget
}

// An unprocessed request may move this often: enough to pass the pods of one node that vanished, without going through a whole dead service.
const maxMoves = 3

// A call without a deadline must not sleep for an hour because a server said so; half a minute is as long as it waits for an answer.
const longestWaitMs = 30_000

/** One per upstream. */
export class RetryRules implements Attempts {
  readonly budget: Budget
  readonly #service: string
  readonly #random: Random
  readonly #maxAttempts: number
  readonly #baseMs: number
  readonly #maxMs: number
  readonly #openPeers: () => number

  constructor(service: string, clock: Clock, random: Random, openPeers: () => number, options: RetryOptions = {}) {
    const { maxAttempts = 3, baseMs = 25, maxMs = 250, budget = {} } = options
    if (!Number.isInteger(maxAttempts) || maxAttempts < 1)
      throw invalidOption('maxAttempts', maxAttempts, 'a whole number of at least 1')
    if (!(baseMs >= 0)) throw invalidOption('baseMs', baseMs, '>= 0')
    if (!(maxMs >= baseMs)) throw invalidOption('maxMs', maxMs, `at least baseMs, ${baseMs}`)
    this.budget = new WindowBudget(clock, budget)
    this.#service = service
    this.#random = random
    this.#maxAttempts = maxAttempts
    this.#baseMs = baseMs
    this.#maxMs = maxMs
    this.#openPeers = openPeers
  }

  again(call: Call, outcome: Outcome, made: Made, now: number): number | undefined {
    // A call that was cancelled is over, whatever its transport asks.
    if (outcome.fault === 'caller' || outcome.verdict === 'cancelled') return undefined
    const kind = outcome.fate === 'unprocessed' ? 'move' : 'repeat'
    const delayMs = kind === 'move' ? this.#move(call, made) : this.#repeat(call, outcome, made)
    if (delayMs === undefined || now + delayMs >= call.deadline) return undefined
    // Asked last, so that a repeat that does not happen costs nothing.
    if (kind === 'repeat' && !this.budget.withdraw(now)) return undefined
    if (events.again.hasSubscribers) events.again.publish({ service: this.#service, kind, delayMs, outcome })
    return delayMs
  }

  #move(call: Call, made: Made): number | undefined {
    if (made.moves >= maxMoves) return undefined
    return this.#hasUntried(call) ? 0 : backoffMs(this.#random, made.moves, this.#baseMs, this.#maxMs)
  }

  #repeat(call: Call, outcome: Outcome, made: Made): number | undefined {
    if (!call.repeatable || made.repeats + 1 >= this.#maxAttempts) return undefined
    const { retryAfterMs } = outcome
    if (outcome.verdict === 'overloaded' && retryAfterMs === undefined) return undefined
    if (retryAfterMs === undefined) return backoffMs(this.#random, made.repeats, this.#baseMs, this.#maxMs)
    // Only this peer asked for time: an untried one may be asked at once.
    if (this.#hasUntried(call)) return 0
    return retryAfterMs <= longestWaitMs ? retryAfterMs : undefined
  }

  #hasUntried(call: Call): boolean {
    return this.#openPeers() > call.tried.length
  }
}
