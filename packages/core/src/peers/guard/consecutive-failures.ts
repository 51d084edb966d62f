/**
 * Opinion: a peer that fails several times in a row is shut for a while; then it is owed one trial, and only a good one opens it.
 * Sources: Envoy's consecutive-error ejection (5, base 30 s times the number of ejections, at most 300 s), Finagle's probation by one probe.
 */
import type { Verdict } from '../../calling/outcome.ts'
import { invalidOption } from '../../errors.ts'
import { Column, IntegerColumn } from '../../internal/column.ts'
import type { Guard, GuardFactory } from '../guard.ts'
import type { Kit } from '../kit.ts'
import type { Peer } from '../peer.ts'
import type { Votes } from '../standing.ts'

/** Options of `consecutiveFailures`. */
export interface ConsecutiveFailuresOptions {
  /** Failures in a row that shut a peer. @defaultValue 5 */
  readonly failures?: number
  /** How long a peer is shut for the first time; longer by this each further time, with up to a tenth more by chance. @defaultValue 30000 */
  readonly baseMs?: number
  /** The longest that a peer is shut before a trial, but for the tenth by chance. @defaultValue 300000 */
  readonly maxMs?: number
}

/**
 * Shuts a peer after consecutive failures: 5xx, lost connections, time-outs. A 429 neither counts nor heals, since it speaks of load, not of health.
 *
 * @example
 * ```ts
 * import { consecutiveFailures, drainMark, environment, retryAfter, upstreams } from '@evenkeel/core'
 *
 * // The guards by default, the first with patience.
 * const guards = [consecutiveFailures({ failures: 10 }), retryAfter(), drainMark()]
 * export const services = upstreams({ resolver: environment(), guards })
 * ```
 */
export function consecutiveFailures(options: ConsecutiveFailuresOptions = {}): GuardFactory {
  const { failures = 5, baseMs = 30_000, maxMs = 300_000 } = options
  if (!Number.isInteger(failures) || failures < 1)
    throw invalidOption('failures', failures, 'a whole number of at least 1')
  if (!(baseMs > 0)) throw invalidOption('baseMs', baseMs, '> 0')
  if (!(maxMs >= baseMs)) throw invalidOption('maxMs', maxMs, `at least baseMs, ${baseMs}`)
  return (kit, votes) => new ConsecutiveFailures(kit, votes, failures, baseMs, maxMs)
}

// Peers that failed together must not come back together.
const jitterRatio = 0.1

class ConsecutiveFailures implements Guard {
  readonly name = 'consecutive-failures'
  readonly speaks = 'opinion'
  readonly #kit: Kit
  readonly #votes: Votes
  readonly #failures: number
  readonly #baseMs: number
  readonly #maxMs: number
  readonly #inARow = new IntegerColumn()
  readonly #timesShut = new Column()
  readonly #timers = new Map<Peer, Disposable>()
  readonly #shut = new Set<Peer>()

  constructor(kit: Kit, votes: Votes, failures: number, baseMs: number, maxMs: number) {
    this.#kit = kit
    this.#votes = votes
    this.#failures = failures
    this.#baseMs = baseMs
    this.#maxMs = maxMs
  }

  reset(peer: Peer): void {
    this.#inARow.put(peer.row, 0)
    this.#timesShut.put(peer.row, 0)
    if (this.#shut.has(peer)) this.#open(peer)
  }

  left(peer: Peer): void {
    this.#forget(peer)
  }

  answered(peer: Peer, verdict: Verdict): void {
    if (verdict === 'good') this.#inARow.put(peer.row, 0)
    // A 429 fails a trial (Linkerd's breaker), though it shuts nobody.
    else if (verdict === 'bad' || (verdict === 'overloaded' && this.#awaitsTrial(peer))) this.#count(peer)
  }

  failed(peer: Peer): void {
    this.#count(peer)
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]()
    this.#timers.clear()
    this.#shut.clear()
  }

  #count(peer: Peer): void {
    const inARow = this.#inARow.at(peer.row) + 1
    this.#inARow.put(peer.row, inARow)
    // A peer that is shut already was tried and failed again: it waits longer. Late failures of calls from before do not count twice,
    // since a timer still runs then.
    if (this.#shut.has(peer) ? this.#awaitsTrial(peer) : inARow >= this.#failures) this.#close(peer)
  }

  #awaitsTrial(peer: Peer): boolean {
    return this.#shut.has(peer) && !this.#timers.has(peer)
  }

  #close(peer: Peer): void {
    const times = this.#timesShut.at(peer.row) + 1
    this.#timesShut.put(peer.row, times)
    this.#shut.add(peer)
    const shutMs = Math.min(this.#baseMs * times, this.#maxMs) * (1 + jitterRatio * this.#kit.random.next())
    this.#timers.get(peer)?.[Symbol.dispose]()
    this.#timers.set(
      peer,
      this.#kit.clock.after(shutMs, () => {
        this.#timers.delete(peer)
        this.#votes.owe(peer)
      }),
    )
    this.#votes.say(this, peer, 'shut')
  }

  #open(peer: Peer): void {
    this.#forget(peer)
    this.#votes.say(this, peer, 'open')
  }

  #forget(peer: Peer): void {
    this.#timers.get(peer)?.[Symbol.dispose]()
    this.#timers.delete(peer)
    this.#shut.delete(peer)
  }
}
