/**
 * The calls of a history: picks, starts, heads, ends, aborts, waits and second attempts.
 */
import { type Answer, type Call, type Outcome, type Peer, type Pick, untried, type Verdict } from '@evenkeel/core'
import { plainCall } from '@evenkeel/core/testing'
import { Breach, holds } from '../law.ts'
import { HistoryCensus } from './history-census.ts'
import { type Incarnation, name } from './history-model.ts'
import { drawOutcome } from './history-outcomes.ts'
import { type HistoryWorld, maxWaiting } from './history-world.ts'

interface OpenCall {
  readonly pick: Pick
  readonly one: Incarnation
  headless: 0 | 1
}

const verdicts: readonly Verdict[] = ['good', 'good', 'good', 'bad', 'overloaded', 'cancelled']
// Attempts that a call remembers: as many as any transport makes.
const mostTried = 4

/** One per history. */
export class HistoryCalls {
  readonly #world: HistoryWorld
  readonly #census = new HistoryCensus()
  readonly #open: OpenCall[] = []
  readonly #waits = new Set<{ leave: Disposable | undefined }>()
  #recent: readonly Peer[] = []
  readonly #late: Call[] = []
  #settled: Pick | undefined

  constructor(world: HistoryWorld) {
    this.#world = world
  }

  /** A call asks for a peer; told to wait, it may join the line. */
  pick(): void {
    this.#attempt(this.#call())
  }

  /** Calls that were resumed in the middle of news. */
  catchUp(): void {
    for (let call = this.#late.shift(); call !== undefined; call = this.#late.shift()) this.#attempt(call)
  }

  /** Nobody waits while somebody has room. */
  checkLine(): void {
    if (this.#waits.size === 0) return
    this.#census.take(this.#world.model.reach, untried)
    const { room } = this.#census
    holds(1, room === 0, () => `${this.#waits.size} calls wait though ${room} peers have room`)
  }

  start(): void {
    const call = this.#any()
    if (call === undefined) return
    this.#world.trace?.(`start ${name(call.one.peer)}`)
    call.pick.started()
    this.#world.model.check(call.one)
  }

  head(): void {
    const call = this.#any()
    if (call === undefined) return
    const verdict = verdicts[this.#world.random.below(verdicts.length)] as Verdict
    this.#world.trace?.(`head ${verdict} of ${name(call.one.peer)}`)
    call.pick.answered(verdict)
    // A second head changes nothing.
    if (call.headless === 0) this.#world.model.check(call.one)
    else {
      call.headless = 0
      this.#world.model.answered(call.one)
    }
  }

  settle(): void {
    if (this.#open.length > 0)
      this.#settle(this.#world.random.below(this.#open.length), drawOutcome(this.#world.random))
  }

  /** Says everything again about a pick that is over: nothing may change. */
  repeat(): void {
    const pick = this.#settled
    if (pick === undefined) return
    const before = pick.peer.inFlight
    this.#world.trace?.(`say again that a pick on ${name(pick.peer)} is over`)
    pick.started()
    pick.answered('good')
    pick.settle(drawOutcome(this.#world.random))
    holds(2, pick.peer.inFlight === before, () => `${name(pick.peer)} counts a pick that was settled before`)
  }

  /** A call that waits gives up. */
  giveUp(): void {
    for (const wait of this.#waits) {
      this.#waits.delete(wait)
      wait.leave?.[Symbol.dispose]()
      return
    }
  }

  /** Ends everything, and law 2's last word. */
  end(): void {
    while (this.#waits.size > 0) this.giveUp()
    while (this.#open.length > 0) this.#settle(this.#open.length - 1, drawOutcome(this.#world.random))
    for (const one of this.#world.model.all) {
      holds(2, one.peer.inFlight === 0, () => `${name(one.peer)} has ${one.peer.inFlight} in flight when idle`)
    }
    const { waiting } = this.#world.upstream.inspect()
    holds(12, waiting === 0, () => `${waiting} calls wait after all have given up`)
  }

  /** Law 8 over the whole tier, by what `inspect` says. */
  checkOpinions(): void {
    this.#census.take(this.#world.model.tier, untried)
    this.#census.checkCap()
    this.#census.checkOpinions(this.#world.model, this.#world.upstream.inspect())
  }

  #call(): Call {
    const { random, clock } = this.#world
    const draw = random.below(16)
    return {
      ...plainCall,
      repeatable: draw % 4 !== 0,
      hashKey: draw === 1 ? 'user-1' : undefined,
      deadline: draw === 2 ? clock.now() + random.below(50) : plainCall.deadline,
      tried: draw % 3 === 0 ? this.#recent : untried,
    }
  }

  #attempt(call: Call): void {
    const { model, balancer, clock } = this.#world
    this.#census.take(model.reach, call.tried)
    const answer = this.#ask(() => balancer.pick(call))
    if (answer.kind === 'pick') {
      this.#given(answer, call)
      return
    }
    this.#world.note(answer.kind === 'wait' ? -1 : -2)
    this.#world.trace?.(answer.kind === 'wait' ? 'pick: wait' : `pick: refused, ${answer.reason}`)
    this.#census.checkNobody(answer, call, clock.now())
    if (answer.kind === 'wait') this.#wait(call)
  }

  #given(pick: Pick, call: Call): void {
    const { model, upstream } = this.#world
    const { peer } = pick
    this.#world.note(peer.row)
    this.#world.trace?.(`pick: ${name(peer)}, ${peer.standing}${call.tried.length > 0 ? ', again' : ''}`)
    const one = model.find(peer)
    if (one === undefined) throw new Breach(1, `${name(peer)} is picked and is not in the current set`)
    holds(
      1,
      model.tier.includes(one),
      () => `${name(peer)} is picked and is ${peer.endpoint.condition}, not among those in reach`,
    )
    this.#census.checkPeer(peer, one.inFlight, call, () =>
      upstream.inspect().peers.some(({ locator, trial }) => locator === peer.endpoint.locator && trial),
    )
    model.picked(one)
    this.#open.push({ pick, one, headless: 1 })
    this.#recent = [peer, ...(call.tried.length < mostTried ? call.tried : [])]
  }

  #ask(pick: () => Answer): Answer {
    try {
      return pick()
    } catch (error) {
      if (error instanceof Breach) throw error
      throw new Breach(1, `pick throws ${String(error)}`)
    }
  }

  #wait(call: Call): void {
    const waiting = this.#waits.size
    const wait: { leave: Disposable | undefined } = { leave: undefined }
    this.#waits.add(wait)
    let heard = 0
    wait.leave = this.#world.balancer.wait(call, (answer) => {
      holds(12, ++heard === 1, () => `a call that waits is resumed ${heard} times`)
      holds(12, this.#waits.delete(wait), () => 'a call that gave up is resumed')
      this.#world.trace?.(`resume: ${answer}`)
      if (answer === 'queue-full')
        holds(12, waiting >= maxWaiting, () => `the line is full with ${waiting} of ${maxWaiting} calls`)
      if (answer !== 'again') return
      // In the middle of news the model is behind: the call picks as soon as it has caught up, as a transport may.
      if (this.#world.hearing) this.#late.push(call)
      else this.#attempt(call)
    })
    holds(12, this.#waits.size <= maxWaiting, () => `${this.#waits.size} calls wait in a line of at most ${maxWaiting}`)
  }

  #any(): OpenCall | undefined {
    return this.#open[this.#world.random.below(Math.max(1, this.#open.length))]
  }

  #settle(index: number, outcome: Outcome): void {
    const call = this.#open[index] as OpenCall
    const last = this.#open.pop() as OpenCall
    if (last !== call) this.#open[index] = last
    this.#world.trace?.(`settle ${outcome.fate} ${outcome.verdict} on ${name(call.one.peer)}`)
    this.#settled = call.pick
    // The model goes first: settling may let a waiting call pick at once.
    this.#world.model.settling(call.one, call.headless)
    // An answer without a head is announced first, while the pick still counts.
    this.#world.hearing = call.headless === 1 && outcome.fate === 'answered'
    call.pick.settle(outcome)
    this.#world.hearing = false
    this.#world.model.check(call.one)
    this.catchUp()
  }
}
