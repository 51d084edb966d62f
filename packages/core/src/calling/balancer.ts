/**
 * The central object: narrowings and policies over an upstream. `pick` says at once which peer a call goes to.
 */
import type { AwakeTime } from '../awake-time.ts'
import type { Chooser } from '../choosing/chooser.ts'
import type { Policy } from '../choosing/policy.ts'
import { EvenkeelError, invalidOption } from '../errors.ts'
import type { Narrowing, World } from '../narrowing/narrowing.ts'
import type { Stage } from '../narrowing/stage.ts'
import type { Kit } from '../peers/kit.ts'
import type { LivePeer, Peer } from '../peers/peer.ts'
import type { Call } from './call.ts'
import { Gate } from './gate.ts'
import type { Answer, Reason } from './pick.ts'
import { type LineBound, type Resume, WaitingLine } from './waiting-line.ts'

/** Options of one balancer of an upstream. */
export interface BalancerOptions {
  /** The first is the default; `Call.policy` names the others. */
  readonly policies: readonly [Policy, ...Policy[]]
  /** Zone and subset rules, in order. */
  readonly narrowings: readonly Narrowing[]
  /** Picks that one peer may have in flight, over all balancers of the upstream (the lowest counts). @defaultValue no limit */
  readonly maxInFlightPerPeer?: number | undefined
}

/**
 * What a transport asks for every attempt.
 *
 * - `pick` never waits and never throws.
 * - A call that is told to wait joins the line by `wait` and picks again when told to.
 */
export interface Balancer extends AsyncDisposable {
  /** A peer that is reserved for the call, or why there is none. */
  pick(call: Call): Answer
  /** Joins the bounded line. `resume` is called once, unless the answer is disposed first. The call's deadline covers the wait. */
  wait(call: Call, resume: Resume): Disposable
  /** Called whenever a pick may succeed that did not before. */
  pickable(listener: () => void): Disposable
  /** Whether the peer is among those that this balancer may pick, and with what share. */
  share(peer: Peer): number
}

/** What the upstream gives to its balancers. */
export interface BalancerHost {
  readonly bound: LineBound
  /** There may be room for calls that wait in any line. */
  serve(): void
  readonly closed: boolean
  /** Subscribes the stage with a replay; undoing it is disposing the answer. */
  attach(stage: Stage, choosers: readonly Chooser[]): Disposable
  /** The peer that is owed a trial and that this call may try. */
  trial(call: Call, gate: Gate): LivePeer | undefined
  /** Reserves the peer at the time of `awake`. `trial` is 1 for a trial. */
  reserve(peer: LivePeer, trial: 0 | 1): Answer
  readonly awake: AwakeTime
  now(): number
  /** Why there is nobody, and how long to wait for somebody: 0 or less means refuse with `reason`. */
  nobody(now: number): { readonly waitMs: number; readonly reason: Reason }
}

const waits: Answer = Object.freeze({ kind: 'wait' })
const refusals = new Map<Reason, Answer>()

/** The one implementation; made by `Upstream.balancer`. */
export class LiveBalancer implements Balancer {
  /** Infinity for no limit. */
  readonly maxInFlightPerPeer: number
  readonly line: WaitingLine
  readonly #host: BalancerHost
  readonly #gate: Gate
  readonly #choosers = new Map<string, Chooser>()
  readonly #default: Chooser
  readonly #attached: Disposable
  readonly #stages: (Stage & Disposable)[] = []
  readonly #listeners = new Set<() => void>()
  readonly #onClosed: () => void
  /** Whether anybody was there at the last change. */
  #any = false
  #closed = false

  constructor(
    host: BalancerHost,
    options: BalancerOptions,
    kit: { readonly policies: Kit; readonly world: World },
    closed: () => void,
  ) {
    const { policies, narrowings, maxInFlightPerPeer = Number.POSITIVE_INFINITY } = options
    if (policies.length === 0) throw invalidOption('policies', policies, 'at least one policy')
    if (!(maxInFlightPerPeer >= 1)) throw invalidOption('maxInFlightPerPeer', maxInFlightPerPeer, '>= 1')
    this.maxInFlightPerPeer = maxInFlightPerPeer
    this.#host = host
    this.line = new WaitingLine(kit.policies.clock, host.bound)
    this.#onClosed = closed
    for (const policy of policies) {
      if (this.#choosers.has(policy.name)) throw invalidOption('policies', policy.name, 'each policy once')
      this.#choosers.set(policy.name, policy.open(kit.policies))
    }
    const choosers = [...this.#choosers.values()]
    this.#default = choosers[0] as Chooser
    this.#gate = new Gate(choosers, kit.policies.random, () => this.#changed())
    let first: Stage = this.#gate
    for (const narrowing of [...narrowings].reverse()) {
      const stage = narrowing.open(first, kit.world)
      this.#stages.push(stage)
      first = stage
    }
    this.#attached = host.attach(first, choosers)
  }

  /** Picks that one peer may have in flight where these are open. */
  static lowestLimit(balancers: readonly LiveBalancer[]): number {
    return Math.min(...balancers.map((balancer) => balancer.maxInFlightPerPeer))
  }

  pick(call: Call): Answer {
    const host = this.#host
    if (this.#closed || host.closed) return refused('closed')
    host.awake.read()
    const owed = host.trial(call, this.#gate)
    if (owed !== undefined) return host.reserve(owed, 1)
    const chooser = call.policy === undefined ? this.#default : this.#choosers.get(call.policy)
    const peer = (chooser ?? this.#default).choose(call, host.awake.last) ?? this.#gate.scan(call)
    if (peer !== undefined) return host.reserve(peer as LivePeer, 0)
    return this.#none(call)
  }

  wait(call: Call, resume: Resume): Disposable {
    const now = this.#host.now()
    const remainingMs = call.deadline - now
    const room =
      this.#gate.size > 0 ? { waitMs: Number.POSITIVE_INFINITY, reason: 'all-full' as const } : this.#host.nobody(now)
    const byDeadline = remainingMs <= room.waitMs
    const reason = (): Reason =>
      byDeadline ? 'deadline' : this.#gate.size > 0 ? 'all-full' : this.#host.nobody(this.#host.now()).reason
    return this.line.join(Math.max(0, Math.min(remainingMs, room.waitMs)), reason, resume)
  }

  pickable(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  /** Tells those who listen that a pick may succeed that did not before. */
  tell(): void {
    for (const listener of this.#listeners) listener()
  }

  share(peer: Peer): number {
    return this.#gate.share(peer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#attached[Symbol.dispose]()
    for (const stage of this.#stages) stage[Symbol.dispose]()
    this.#listeners.clear()
    this.#onClosed()
    this.line.end('closed')
    // For those of others there may be more room.
    this.#host.serve()
  }

  #none(call: Call): Answer {
    const now = this.#host.now()
    if (call.deadline <= now) return refused('deadline')
    if (this.#gate.size > 0) return waits
    const { waitMs, reason } = this.#host.nobody(now)
    return waitMs > 0 ? waits : refused(reason)
  }

  #changed(): void {
    const any = this.#gate.size > 0
    // Who waits for somebody to come waits otherwise than who waits for room.
    if (any === this.#any) this.line.serve()
    else this.line.recall()
    this.#any = any
    this.tell()
  }
}

/** The error that a refusal becomes when it reaches a caller. */
export function refusalError(
  reason: Reason,
  service: string,
  facts: ConstructorParameters<typeof EvenkeelError>[2] = {},
): EvenkeelError {
  const { code, text, fault } = refusalTexts[reason]
  return new EvenkeelError(code, text, { service, fault, fate: 'unprocessed', ...facts })
}

const refusalTexts = {
  absent: { code: 'EVENKEEL_SERVICE_ABSENT', text: 'there is no such Service', fault: 'discovery' },
  'no-endpoints': { code: 'EVENKEEL_NO_ENDPOINTS', text: 'nobody is ready', fault: 'endpoint' },
  'all-full': { code: 'EVENKEEL_ALL_FULL', text: 'every endpoint is at its limit', fault: 'endpoint' },
  failfast: { code: 'EVENKEEL_FAILFAST', text: 'nothing has been usable for a while', fault: 'endpoint' },
  deadline: { code: 'EVENKEEL_DEADLINE', text: 'the time of the call is over', fault: 'endpoint' },
  'discovery-failed': {
    code: 'EVENKEEL_DISCOVERY_FAILED',
    text: 'no list of endpoints was obtained',
    fault: 'discovery',
  },
  'queue-full': { code: 'EVENKEEL_QUEUE_FULL', text: 'too many calls wait for an endpoint', fault: 'endpoint' },
  closed: { code: 'EVENKEEL_CLOSED', text: 'it was closed', fault: 'caller' },
} as const

function refused(reason: Reason): Answer {
  let answer = refusals.get(reason)
  if (answer === undefined) {
    answer = Object.freeze({ kind: 'refused', reason })
    refusals.set(reason, answer)
  }
  return answer
}
