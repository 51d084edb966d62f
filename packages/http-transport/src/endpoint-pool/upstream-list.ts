/**
 * The upstreams of a pool: origins as people write them, and the endpoints that the balancer sees.
 */
import { type Endpoint, invalidOption, parseEndpoint, type StaticEndpoints, staticEndpoints } from '@evenkeel/core'

/** An upstream that has more to say than where it is. */
export interface UpstreamOptions {
  /** Scheme, host and port. */
  readonly url: string | URL
  /** Relative draw weight, above 0. Equal weights are equal shares. @defaultValue 1 */
  readonly weight?: number | undefined
}

/** An upstream as a user gives it. */
export type UpstreamInput = string | URL | UpstreamOptions

/** One per pool. */
export class UpstreamList {
  readonly resolver: StaticEndpoints
  readonly #service: string
  readonly #endpoints = new Map<string, Endpoint>()
  /** The one scheme of all, known from the first upstream on. */
  #scheme: string | undefined

  /** @throws EvenkeelError `EVENKEEL_INVALID_TARGET` for a service that is none */
  constructor(service: string, scheme: string | undefined) {
    this.#service = service
    this.#scheme = scheme
    this.resolver = staticEndpoints({ [service]: [] })
  }

  /** In the order in which they came. */
  get origins(): readonly string[] {
    return [...this.#endpoints.keys()]
  }

  get(origin: string): Endpoint | undefined {
    return this.#endpoints.get(origin)
  }

  /** Adds one, or gives a known one its new weight, if there is one. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  add(input: UpstreamInput, name: string): void {
    const { url, weight } = detailsOf(input)
    const { origin, protocol, hostname, port } = readOrigin(url, name)
    if (this.#endpoints.has(origin) && weight === undefined) return
    const endpoint = parseEndpoint(`${hostname}:${port || portOf(protocol)}`, { weight }, name)
    if (this.#scheme !== undefined && this.#scheme !== protocol)
      throw invalidOption(name, origin, `${this.#scheme}//…, since all upstreams of a pool have one scheme`)
    this.#scheme = protocol
    this.resolver.add(this.#service, endpoint)
    this.#endpoints.set(origin, endpoint)
  }

  /** Takes one out, if it is there. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` */
  remove(url: string | URL): void {
    const { origin } = readOrigin(url, 'upstream')
    const endpoint = this.#endpoints.get(origin)
    if (endpoint === undefined) return
    this.#endpoints.delete(origin)
    this.resolver.remove(this.#service, endpoint.locator)
  }

  /** The origin of an endpoint, also of one that was taken out. */
  originOf(endpoint: Endpoint): string {
    return new URL(`${this.#scheme}//${endpoint.locator}`).origin
  }
}

/** Reads scheme, host and port. @throws EvenkeelError `EVENKEEL_INVALID_OPTION` that calls the option `name` */
export function readOrigin(url: string | URL, name: string): URL {
  const text = String(url)
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  const { protocol, origin, href } = parsed ?? {}
  // Nothing but the origin is used: a path or a password would be lost without a word.
  if (parsed === undefined || (protocol !== 'http:' && protocol !== 'https:') || href !== `${origin}/`)
    throw invalidOption(name, text, 'scheme, host and port such as http://10.0.0.1:8080')
  return parsed
}

function detailsOf(input: UpstreamInput): UpstreamOptions {
  return typeof input === 'object' && !(input instanceof URL) && input !== null ? input : { url: input }
}

function portOf(protocol: string): number {
  return protocol === 'https:' ? 443 : 80
}
