/**
 * One random history: news, calls, votes and time in a random order, each step compared with the model, and the last word at the end.
 */
import { answeredGood, type Outcome } from '@evenkeel/core'
import { holds } from '../law.ts'
import { HistoryCalls } from './history-calls.ts'
import { HistoryDiscovery } from './history-discovery.ts'
import { name } from './history-model.ts'
import { type HistorySetup, HistoryWorld } from './history-world.ts'

const drained: Outcome = { ...answeredGood, leaving: true }

// How often each kind of step comes, in percent; what is left is rare and special.
const shares = { pick: 34, start: 46, head: 60, settle: 74, change: 85, advance: 91, opinion: 94, fact: 96 } as const
// Every so many steps the whole tier is judged by `inspect`, which costs more than the steps themselves.
const inspectEvery = 10
// Longer than any guard of core keeps a peer shut: 300 s and a tenth.
const longestShutMs = 400_000

/** Where a history is, for the message of a breach. */
export interface HistoryProgress {
  step: number
}

/** Runs one history. @returns a number that is equal for equal picks. @throws Breach */
export async function runHistory(setup: HistorySetup, progress: HistoryProgress = { step: 0 }): Promise<number> {
  const world = new HistoryWorld(setup)
  const fingerprint = new History(world).run(setup.steps, progress)
  await world.close()
  return fingerprint
}

/** As `runHistory`, without closing: for judging a history while nothing else can run in between. */
export function runHistoryAtOnce(setup: HistorySetup): { readonly world: HistoryWorld; readonly fingerprint: number } {
  const world = new HistoryWorld(setup)
  return { world, fingerprint: new History(world).run(setup.steps, { step: 0 }) }
}

class History {
  readonly #world: HistoryWorld
  readonly #calls: HistoryCalls
  readonly #discovery: HistoryDiscovery

  constructor(world: HistoryWorld) {
    this.#world = world
    this.#calls = new HistoryCalls(world)
    this.#discovery = new HistoryDiscovery(world)
  }

  run(steps: number, progress: HistoryProgress): number {
    if (this.#world.random.below(8) > 0) this.#discovery.list(8)
    for (let step = 1; step <= steps; step++) {
      progress.step = step
      this.#step(this.#world.random.below(100))
      this.#calls.catchUp()
      this.#calls.checkLine()
      if (step % inspectEvery === 0) this.#calls.checkOpinions()
    }
    this.#calls.end()
    this.#checkWaysBack()
    return this.#world.fingerprint
  }

  #step(draw: number): void {
    if (draw < shares.pick) this.#calls.pick()
    else if (draw < shares.start) this.#calls.start()
    else if (draw < shares.head) this.#calls.head()
    else if (draw < shares.settle) this.#calls.settle()
    else if (draw < shares.change) this.#discovery.change()
    else if (draw < shares.advance) this.#advance()
    else if (draw < shares.opinion) this.#vote(this.#world.opinion)
    else if (draw < shares.fact) this.#vote(this.#world.fact)
    else this.#rare(this.#world.random.below(8))
  }

  #rare(draw: number): void {
    if (draw === 0) this.#discovery.list(10)
    else if (draw === 1) this.#discovery.fail()
    else if (draw === 2) this.#discovery.absent()
    else if (draw === 3) this.#calls.giveUp()
    else if (draw === 4) this.#calls.repeat()
    else if (draw === 5) this.#reportDrain()
    else this.#discovery.same()
  }

  /** Mostly moments, sometimes long enough for the timers of guards. */
  #advance(): void {
    const { random, clock, trace } = this.#world
    const draw = random.below(16)
    const ms = draw === 0 ? 11_000 : draw === 1 ? 2_500 : random.below(40)
    trace?.(`${ms} ms pass`)
    clock.advance(ms)
  }

  #vote(guard: HistoryWorld['opinion']): void {
    const one = this.#anyMember()
    if (one === undefined) return
    this.#world.trace?.(`${guard.name} votes on ${name(one)}`)
    guard.toggle(one)
    if (this.#world.random.below(2) === 0) guard.owe(one)
  }

  #reportDrain(): void {
    const one = this.#anyMember()
    if (one === undefined) return
    this.#world.trace?.(`${name(one)} says that it drains`)
    this.#world.upstream.report(one, drained)
  }

  #anyMember() {
    const { random, model } = this.#world
    return model.tier[random.below(Math.max(1, model.tier.length))]?.peer
  }

  /** A peer that nothing goes to cannot heal by itself: whoever is not open is owed a trial in the end, or opens. */
  #checkWaysBack(): void {
    const { model, opinion, fact, clock, upstream } = this.#world
    for (const { peer } of model.all) {
      opinion.clear(peer)
      fact.clear(peer)
    }
    clock.advance(longestShutMs)
    for (const { locator, standing, trial, why } of upstream.inspect().peers) {
      holds(
        8,
        standing === 'open' || trial,
        () => `${locator} stays ${standing} (${why.join(', ')}) for ever: no trial is owed`,
      )
    }
  }
}
