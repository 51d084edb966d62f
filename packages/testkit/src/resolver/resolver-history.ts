/**
 * Random histories of a source: answers, equal answers, absence, errors and time, each compared with what was heard.
 */
import { type Endpoint, endpoint, type Random } from '@evenkeel/core'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { copyOf, HistoryEndpoints } from '../history/history-endpoints.ts'
import { Breach, holds } from '../law.ts'
import type { MadeResolver, ResolverSubject } from '../resolver-laws.ts'
import { SetFollower } from './set-follower.ts'

/** How much to play. */
export interface ResolverExploration {
  readonly histories: number
  readonly steps: number
  readonly seed: number
}

/** The first breach by law. */
export async function exploreResolver<Made extends MadeResolver>(
  subject: ResolverSubject<Made>,
  { histories, steps, seed }: ResolverExploration,
): Promise<ReadonlyMap<number, Breach>> {
  const found = new Map<number, Breach>()
  for (let history = 0; history < histories; history++) {
    const play = new ResolverHistory(subject, seededRandom(seed + history))
    try {
      await play.run(steps)
    } catch (error) {
      const breach = error instanceof Breach ? error : new Breach(1, `it throws ${String(error)}`)
      if (found.has(breach.law)) continue
      const what = breach.message.replace(/^law \d+: /, '')
      const where = `history ${history} of seed ${seed}, step ${play.step}; replay with { seed: ${seed + history}, histories: 1 }`
      found.set(breach.law, new Breach(breach.law, `${what}\n  in ${where}`))
    }
  }
  return found
}

class ResolverHistory<Made extends MadeResolver> {
  step = 0
  readonly #subject: ResolverSubject<Made>
  readonly #random: Random
  readonly #clock: FakeClock = fakeClock()
  readonly #made: Made
  readonly #follower = new SetFollower()
  readonly #endpoints: HistoryEndpoints
  #expected: ReadonlyMap<string, Endpoint> = new Map()
  #answered = false

  constructor(subject: ResolverSubject<Made>, random: Random) {
    this.#subject = subject
    this.#random = random
    this.#endpoints = new HistoryEndpoints(random)
    this.#made = subject.make(this.#clock)
  }

  async run(steps: number): Promise<void> {
    const watch = this.#made.resolver.watch(this.#made.target, this.#follower.observe)
    let answers = watch.completeAnswers
    for (this.step = 1; this.step <= steps; this.step++) {
      await this.#step(this.#random.below(10))
      this.#follower.check()
      holds(
        1,
        watch.completeAnswers >= answers,
        () => `completeAnswers falls from ${answers} to ${watch.completeAnswers}`,
      )
      answers = watch.completeAnswers
      if (this.#random.below(4) === 0) watch.refresh()
    }
    await watch[Symbol.asyncDispose]()
  }

  async #step(draw: number): Promise<void> {
    if (draw < 5 || !this.#answered) await this.#answer()
    else if (draw < 7) await this.#same()
    else if (draw === 7) await this.#fail()
    else if (draw === 8) await this.#absent()
    else this.#clock.advance(this.#random.below(2_000))
  }

  async #answer(): Promise<void> {
    const next = new Map(this.#random.below(3) === 0 ? [] : this.#expected)
    for (let count = 1 + this.#random.below(3); count > 0; count--) {
      const one = this.#draw()
      if (next.has(one.locator) && this.#random.below(2) === 0) next.delete(one.locator)
      else next.set(one.locator, one)
    }
    this.#expected = next
    this.#answered = true
    await this.#subject.control?.answer?.(this.#made, [...next.values()])
    this.#compare(1, 'ok')
  }

  #draw(): Endpoint {
    const drawn = this.#endpoints.draw()
    return this.#subject.weights === 'untold' ? copyOf({ ...drawn, weight: 1 }) : drawn
  }

  async #same(): Promise<void> {
    if (this.#follower.last?.status !== 'ok') return
    const { heard } = this.#follower
    // The order means nothing.
    const copies = [...this.#expected.values()].map(copyOf).reverse()
    await this.#subject.control?.answer?.(this.#made, copies)
    holds(4, this.#follower.heard === heard, () => 'an equal observation is emitted')
  }

  async #fail(): Promise<void> {
    const { control } = this.#subject
    if (control?.fail === undefined) return
    await control.fail(this.#made, new Error('the source is away'))
    const { heard } = this.#follower
    this.#compare(3, 'stale')
    await control.fail(this.#made, new Error('the source is away'))
    holds(4, this.#follower.heard === heard, () => 'an equal error is emitted')
  }

  async #absent(): Promise<void> {
    const { control } = this.#subject
    if (control?.absent === undefined) return
    this.#expected = new Map()
    await control.absent(this.#made)
    this.#compare(3, 'absent')
  }

  #compare(law: number, status: string): void {
    const { last } = this.#follower
    holds(law, last?.status === status, () => `the status is ${last?.status} (expected: ${status})`)
    const heard = last?.endpoints ?? []
    const missing = [...this.#expected.keys()].filter((locator) => !heard.some((one) => one.locator === locator))
    holds(law, missing.length === 0, () => `${missing.join(' ')} is missing, status ${status}`)
    holds(
      law,
      heard.length === this.#expected.size,
      () => `${heard.length} endpoints (expected: ${this.#expected.size})`,
    )
    for (const one of heard) {
      const { weight, condition, uid } = this.#expected.get(one.locator) ?? endpoint({ address: 'none', port: 1 })
      const same = one.weight === weight && one.condition === condition && one.uid === uid
      holds(law, same, () => `${one.locator} is not what the source said last`)
    }
  }
}
