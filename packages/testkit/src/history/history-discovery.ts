/**
 * What discovery says in a history: changes of every kind, the same again, errors and absence.
 */
import type { Endpoint } from '@evenkeel/core'
import { holds } from '../law.ts'
import { copyOf, HistoryEndpoints } from './history-endpoints.ts'
import type { HistoryWorld } from './history-world.ts'

/** One per history. */
export class HistoryDiscovery {
  readonly #world: HistoryWorld
  readonly #endpoints: HistoryEndpoints

  constructor(world: HistoryWorld) {
    this.#world = world
    this.#endpoints = new HistoryEndpoints(world.random)
  }

  /** A complete list, unlike the last one. */
  list(most: number): void {
    const drawn = this.#endpoints.drawMany(most)
    this.#say(1, () => {
      this.#world.model.expected = drawn
      this.#world.resolver.set([...drawn.values()])
    })
  }

  /** One to three endpoints come, go or are written anew. */
  change(): void {
    const { random, model, resolver } = this.#world
    const changed = new Map<string, Endpoint>()
    const removed = new Set<string>()
    for (let count = 1 + random.below(random.below(4) === 0 ? 3 : 1); count > 0; count--) {
      const held = this.#any()
      const draw = random.below(8)
      if (held === undefined || draw < 3) {
        const one = this.#endpoints.draw()
        changed.set(one.locator, one)
      } else if (draw < 6) removed.add(held.locator)
      else changed.set(held.locator, this.#endpoints.rewrite(held))
    }
    this.#say(1, () => {
      for (const locator of removed) if (!changed.has(locator)) model.expected.delete(locator)
      for (const [locator, one] of changed) model.expected.set(locator, one)
      resolver.patch([...changed.values()], [...removed])
    })
  }

  /** Law 4: an equal observation reaches nobody. Without a first list there is nothing to equal. */
  same(): void {
    const { model, spy, resolver, upstream } = this.#world
    if (upstream.set.status !== 'ok') return
    const copies = [...model.expected.values()].map(copyOf)
    const before = [model.heard, spy.heard, upstream.set.version] as const
    this.#say(4, () => (this.#world.random.below(2) === 0 ? resolver.set(copies) : resolver.patch(copies)))
    const after = [model.heard, spy.heard, upstream.set.version] as const
    holds(
      4,
      before.join() === after.join(),
      () =>
        `an equal observation is heard: events, stage calls and version go from ${before.join(', ')} to ${after.join(', ')}`,
    )
  }

  /** Law 3: an error removes nobody and makes no work for the pipeline. */
  fail(): void {
    const { spy, resolver } = this.#world
    const before = spy.heard
    this.#say(3, () => resolver.fail(new Error('the source is away')))
    // One flush may say that the status is another one.
    holds(3, spy.heard <= before + 1, () => `an error of discovery makes ${spy.heard - before} stage calls`)
  }

  /** Law 3: a complete observation of none removes everybody. */
  absent(): void {
    this.#say(3, () => {
      this.#world.model.expected = new Map()
      this.#world.resolver.absent()
    })
  }

  #any(): Endpoint | undefined {
    const { random, model } = this.#world
    let left = random.below(Math.max(1, model.expected.size))
    for (const one of model.expected.values()) if (left-- === 0) return one
    return undefined
  }

  #say(law: number, say: () => void): void {
    const { model, spy, trace } = this.#world
    this.#world.hearing = true
    say()
    this.#world.hearing = false
    trace?.(`set: ${[...model.expected.values()].map(show).join(' ')}`)
    model.compare(law)
    holds(
      law,
      spy.members.size === model.tier.length && model.tier.every(({ peer }) => spy.members.has(peer)),
      () => `the pipeline has ${spy.members.size} members and the tier ${model.tier.length}`,
    )
  }
}

function show({ locator, uid = '?', weight, condition }: Endpoint): string {
  return `${locator}#${uid.slice(-1)}${weight === 1 ? '' : `*${weight}`}${condition === 'ready' ? '' : `(${condition})`}`
}
