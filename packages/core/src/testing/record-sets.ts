/**
 * A watch that remembers everything it heard.
 */
import { type EndpointSet, parseTarget, type Resolver, type Target, type Watch } from '../index.ts'

/** What one watch has heard. */
export interface RecordedSets {
  /** The watch itself; dispose it at the end. */
  readonly watch: Watch
  /** Every set, in order. */
  readonly sets: readonly EndpointSet[]
  /** The last set. @throws Error when none was heard */
  last(): EndpointSet
  /** The locators of the last set, sorted, since the order means nothing. */
  locators(): readonly string[]
}

/** Watches the target and records every set. */
export function recordSets(resolver: Resolver, target: Target | string): RecordedSets {
  const sets: EndpointSet[] = []
  const asked = typeof target === 'string' ? parseTarget(target) : target
  const watch = resolver.watch(asked, (set) => sets.push(set))
  const last = () => {
    const set = sets.at(-1)
    if (set === undefined) throw new Error('no set was heard')
    return set
  }
  return {
    watch,
    sets,
    last,
    locators: () =>
      last()
        .endpoints.map((endpoint) => endpoint.locator)
        .sort(),
  }
}
