/**
 * An observer that believes nothing: each set is compared with the one before it, by its change and in full.
 */
import { type Endpoint, type EndpointSet, type Status, sameEndpoint } from '@evenkeel/core'
import { holds } from '../law.ts'

const statuses: readonly Status[] = ['pending', 'ok', 'absent', 'stale', 'failed']

/** Hears one watch. */
export class SetFollower {
  last: EndpointSet | undefined
  /** How many sets were heard. */
  heard = 0
  /** Breaches cannot be thrown into a resolver, which may catch them. */
  #breach: unknown

  readonly observe = (set: EndpointSet): void => {
    this.heard++
    try {
      checkSet(set, this.last)
    } catch (error) {
      this.#breach ??= error
    }
    this.last = set
  }

  /** Throws what was wrong with the sets heard so far. */
  check(): void {
    if (this.#breach !== undefined) throw this.#breach
  }

  get locators(): readonly string[] {
    return (this.last?.endpoints ?? []).map(({ locator }) => locator)
  }
}

function checkSet(set: EndpointSet, before: EndpointSet | undefined): void {
  const { version, status, error, endpoints, base, changed, removed } = set
  holds(1, statuses.includes(status), () => `the status is ${status}`)
  holds(1, before === undefined || version > before.version, () => `version ${version} follows ${before?.version}`)
  const failing = status === 'stale' || status === 'failed'
  // Why there is nobody may be said of what is absent.
  const told = failing === (error !== undefined) || status === 'absent'
  holds(3, told, () => `status ${status} with the error ${String(error)}`)
  const after = byLocator(endpoints)
  holds(1, after.size === endpoints.length, () => `two endpoints have one locator`)
  for (const one of endpoints) holds(4, Object.isFrozen(one), () => `${one.locator} is not frozen`)
  if (before === undefined) return
  checkChange(set, before, after)
  const quiet = before.status === status && String(before.error) === String(error)
  const same = endpoints.length === before.endpoints.length && changed.length === 0 && removed.length === 0
  holds(4, !(quiet && same && base === before.version), () => `version ${version} says what ${before.version} said`)
}

function checkChange(set: EndpointSet, before: EndpointSet, after: ReadonlyMap<string, Endpoint>): void {
  const { base, changed, removed, version } = set
  const held = byLocator(before.endpoints)
  const staying = [...after.values()].filter((one) => held.has(one.locator))
  for (const one of staying) {
    const earlier = held.get(one.locator) as Endpoint
    holds(
      4,
      one === earlier || !sameEndpoint(one, earlier),
      () => `${one.locator} is frozen anew though it says the same`,
    )
  }
  if (base === undefined) return
  holds(1, base === before.version, () => `the base of version ${version} is ${base}, not ${before.version}`)
  const really = [...after.values()].filter((one) => held.get(one.locator) !== one)
  const gone = before.endpoints.filter(({ locator }) => !after.has(locator))
  holds(1, sameLocators(changed, really), () => `changed names ${names(changed)} (expected: ${names(really)})`)
  holds(1, sameLocators(removed, gone), () => `removed names ${names(removed)} (expected: ${names(gone)})`)
}

function byLocator(endpoints: readonly Endpoint[]): ReadonlyMap<string, Endpoint> {
  return new Map(endpoints.map((one) => [one.locator, one]))
}

function sameLocators(some: readonly Endpoint[], others: readonly Endpoint[]): boolean {
  return some.length === others.length && names(some) === names(others)
}

function names(endpoints: readonly Endpoint[]): string {
  return endpoints
    .map(({ locator }) => locator)
    .sort()
    .join(' ')
}
