/**
 * A list by hand: for development, for tests, and for places that Kubernetes does not know. It can be changed while it is in use.
 */
import { type Clock, systemClock } from '../../clock.ts'
import { invalidOption } from '../../errors.ts'
import type { Endpoint } from '../endpoint.ts'
import { type EndpointInput, parseEndpoint, readEndpoint } from '../endpoint-text.ts'
import type { Observer, Resolver, Watch } from '../resolver.ts'
import { SetPublisher } from '../set-publisher.ts'
import { formatTarget, parseTarget, type Target } from '../target.ts'

/** Options of `staticEndpoints`. */
export interface StaticEndpointsOptions {
  /**
   * The own namespace: names and targets without one mean this one.
   * @defaultValue none: a name without a namespace answers targets without a namespace only
   */
  readonly namespace?: string | undefined
  /** The domain of the cluster. @defaultValue 'cluster.local' */
  readonly clusterDomain?: string | undefined
  /** Where time comes from. @defaultValue the process's clock */
  readonly clock?: Clock | undefined
}

/**
 * A resolver whose lists can be changed. A change is checked as a whole before anything happens, so a refused one loses nothing.
 * Each method throws an EvenkeelError: `EVENKEEL_INVALID_TARGET` for a bad name, `EVENKEEL_INVALID_OPTION` for a bad endpoint.
 */
export interface StaticEndpoints extends Resolver {
  /** Replaces the list of a name; from then on the name is claimed, also with an empty list. */
  set(name: string, endpoints: readonly EndpointInput[]): void
  /** Adds one endpoint, or alters the one with the same locator. Its cost follows the change, not the list. */
  add(name: string, endpoint: EndpointInput): void
  /** Takes one endpoint out. @returns whether it was there */
  remove(name: string, locator: string): boolean
}

/**
 * Claims exactly the names given.
 *
 * - A name with a port answers targets with that port. A target without a port is answered too when the service has only one name.
 * - A name without a port answers any port of the service; each endpoint brings its own. A name with the port goes first.
 * - Of endpoints with the same locator in one list the first is kept.
 *
 * @param lists By name, endpoints as `'10.0.0.1:8080'` or `{ address, port, weight, zone, … }`.
 * @throws EvenkeelError `EVENKEEL_INVALID_TARGET` for a bad name, `EVENKEEL_INVALID_OPTION` for a bad endpoint.
 *
 * @example
 * ```ts run
 * import { endpoints, staticEndpoints } from '@evenkeel/core'
 *
 * const resolver = staticEndpoints({ 'user-service:8080': ['10.0.0.1:8080', { address: '10.0.0.2', port: 8080, weight: 2 }] })
 * resolver.add('user-service:8080', '10.0.0.3:8080')
 * resolver.remove('user-service:8080', '10.0.0.1:8080')
 * const ready = await endpoints(resolver, 'user-service:8080')
 * console.log(ready.map(({ locator, weight }) => `${locator} ×${weight}`).join(', '))
 * ```
 * ```text
 * 10.0.0.2:8080 ×2, 10.0.0.3:8080 ×1
 * ```
 */
export function staticEndpoints(
  lists: Readonly<Record<string, readonly EndpointInput[]>>,
  options: StaticEndpointsOptions = {},
): StaticEndpoints {
  return new Lists(lists, options)
}

interface Entry {
  readonly target: Target
  readonly endpoints: Map<string, Endpoint>
}

class Lists implements StaticEndpoints {
  readonly #options: StaticEndpointsOptions
  readonly #clock: Clock
  // service.namespace -> its entries: one for each port, and at most one without.
  readonly #services = new Map<string, Entry[]>()
  readonly #watches = new Set<OpenWatch>()

  constructor(lists: Readonly<Record<string, readonly EndpointInput[]>>, options: StaticEndpointsOptions) {
    const { clock = systemClock } = options
    this.#options = options
    this.#clock = clock
    for (const [name, endpoints] of Object.entries(lists)) {
      const target = this.#read(name)
      if (this.#entry(target) !== undefined)
        throw invalidOption(name, 'given twice', 'each target once, whatever its form')
      this.#store(target, readList(name, endpoints))
    }
  }

  claims(target: Target): boolean {
    return this.#answering(target) !== undefined
  }

  watch(target: Target, observer: Observer): Watch {
    const watch = new OpenWatch(target, observer, this.#clock, () => this.#watches.delete(watch))
    this.#watches.add(watch)
    watch.show(this.#answering(target)?.endpoints)
    return watch
  }

  set(name: string, endpoints: readonly EndpointInput[]): void {
    const target = this.#read(name)
    this.#store(target, readList(name, endpoints))
    // A new name may also become, or stop being, the only port of a target without one: look again for the whole service.
    for (const watch of this.#watchesOf(target)) watch.show(this.#answering(watch.target)?.endpoints)
  }

  add(name: string, endpoint: EndpointInput): void {
    const target = this.#read(name)
    const added = readEndpoint(endpoint, name)
    const entry = this.#entry(target)
    if (entry === undefined) {
      this.set(name, [endpoint])
      return
    }
    entry.endpoints.set(added.locator, added)
    for (const watch of this.#watchesOf(target)) {
      if (this.#answering(watch.target) === entry) watch.publisher.patch({ changed: [added] })
    }
  }

  remove(name: string, locator: string): boolean {
    const target = this.#read(name)
    const canonical = parseEndpoint(locator, {}, name).locator
    const entry = this.#entry(target)
    if (entry?.endpoints.delete(canonical) !== true) return false
    for (const watch of this.#watchesOf(target)) {
      if (this.#answering(watch.target) === entry) watch.publisher.patch({ removed: [{ locator: canonical }] })
    }
    return true
  }

  #read(name: string): Target {
    return parseTarget(name, this.#options)
  }

  #service(target: Target): string {
    const { service, namespace = this.#options.namespace } = target
    return formatTarget({ service, namespace, port: undefined })
  }

  #entry(target: Target): Entry | undefined {
    return this.#services.get(this.#service(target))?.find((entry) => entry.target.port === target.port)
  }

  #answering(target: Target): Entry | undefined {
    const entries = this.#services.get(this.#service(target)) ?? []
    const exact = entries.find((entry) => entry.target.port === target.port)
    if (exact !== undefined) return exact
    if (target.port === undefined) return entries.length === 1 ? entries[0] : undefined
    return entries.find((entry) => entry.target.port === undefined)
  }

  #store(target: Target, endpoints: Map<string, Endpoint>): void {
    const service = this.#service(target)
    const others = (this.#services.get(service) ?? []).filter((entry) => entry.target.port !== target.port)
    this.#services.set(service, [...others, { target, endpoints }])
  }

  #watchesOf(target: Target): readonly OpenWatch[] {
    const service = this.#service(target)
    return [...this.#watches].filter((watch) => this.#service(watch.target) === service)
  }
}

class OpenWatch implements Watch {
  readonly target: Target
  readonly publisher: SetPublisher
  readonly #clock: Clock
  readonly #closed: () => void
  #answers = 1
  #ended = false

  constructor(target: Target, observer: Observer, clock: Clock, closed: () => void) {
    this.target = target
    this.publisher = new SetPublisher((set) => {
      if (!this.#ended) observer(set)
    })
    this.#clock = clock
    this.#closed = closed
  }

  show(endpoints: ReadonlyMap<string, Endpoint> | undefined): void {
    const status = endpoints === undefined ? 'absent' : 'ok'
    this.publisher.publish({ status, endpoints: [...(endpoints?.values() ?? [])] })
  }

  /** The list is always at hand, so every question is answered. */
  refresh(): void {
    this.#answers += 1
  }

  get seenAt(): number {
    return this.#clock.now()
  }

  get completeAnswers(): number {
    return this.#answers
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#closed()
  }
}

function readList(name: string, inputs: readonly EndpointInput[]): Map<string, Endpoint> {
  if (!Array.isArray(inputs)) throw invalidOption(name, inputs, 'an array of endpoints')
  const endpoints = new Map<string, Endpoint>()
  for (const [at, input] of inputs.entries()) {
    const endpoint = readEndpoint(input, `${name}[${at}]`)
    if (!endpoints.has(endpoint.locator)) endpoints.set(endpoint.locator, endpoint)
  }
  return endpoints
}
