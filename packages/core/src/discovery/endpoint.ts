/**
 * The datum that discovery speaks of: one place that can answer.
 */
import { invalidOption } from '../errors.ts'
import { canonicalIpv6 } from './ip-literal.ts'

/**
 * What Kubernetes says of the place. `serving-terminating`: asked to stop and still answering, used when nothing is ready
 * (KEP-1669). `unready`: never picked.
 */
export type Condition = 'ready' | 'serving-terminating' | 'unready'

/** Where the platform would like callers to come from: EndpointSlice `hints`. */
export interface Hints {
  /** Zones whose callers are meant. */
  readonly zones: readonly string[]
  /** Nodes whose callers are meant. */
  readonly nodes: readonly string[]
}

/** One place that can answer. Frozen once, when made. A set holds at most one per locator; the UID says which incarnation lives there. */
export interface Endpoint {
  /** Canonical `address:port`; an IPv6 address stands in brackets. */
  readonly locator: string
  /** The IP address without brackets, or a host name. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
  /** Which incarnation lives at the locator, when known (a pod's UID). */
  readonly uid: string | undefined
  /** What sticky choosers hash: the pod's name when known, else the locator. */
  readonly hashKey: string
  /** True for a Service's virtual address, behind which somebody else balances. */
  readonly virtual: boolean
  /** The zone that it runs in, when known. */
  readonly zone: string | undefined
  /** The node that it runs on, when known. */
  readonly node: string | undefined
  /** Which callers the platform means for it, when it says so. */
  readonly hints: Hints | undefined
  /** Relative draw weight, above 0. Equal weights are equal shares. */
  readonly weight: number
  /** What Kubernetes says of it. */
  readonly condition: Condition
}

/** What `endpoint` takes; everything but the place has a default. */
export interface EndpointOptions {
  /** IPv4 or IPv6 address (without brackets), or a host name. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
  /** What tells one incarnation at an address from the next: the pod's UID. @defaultValue unknown */
  readonly uid?: string | undefined
  /** What sticky policies hash: the pod's name, where it is known. @defaultValue the locator */
  readonly hashKey?: string | undefined
  /** Whether it stands for several pods, as a ClusterIP does. @defaultValue false */
  readonly virtual?: boolean | undefined
  /** Zone that it runs in. @defaultValue unknown */
  readonly zone?: string | undefined
  /** Node that it runs on. @defaultValue unknown */
  readonly node?: string | undefined
  /** Who is advised to use it. @defaultValue none */
  readonly hints?: Hints | undefined
  /** Its part of the calls, relative to those of the others. @defaultValue 1 */
  readonly weight?: number | undefined
  /** Whether it takes calls. @defaultValue 'ready' */
  readonly condition?: Condition | undefined
}

/**
 * Makes a checked, frozen endpoint.
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for an address that is none, a port outside 1 to 65535 or a weight that is not above 0.
 */
export function endpoint(options: EndpointOptions): Endpoint {
  return checkedEndpoint(options, '')
}

/** As `endpoint`; `where` stands before the option's name in the error, so that one entry of a long list can be found. */
export function checkedEndpoint(options: EndpointOptions, where: string): Endpoint {
  const { address, port, uid, virtual = false, zone, node, hints, weight = 1, condition = 'ready' } = options
  const host = canonicalAddress(address)
  if (host === undefined)
    throw invalidOption(`${where}address`, address, 'an IP address without brackets and port, or a host name')
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalidOption(`${where}port`, port, 'a whole number from 1 to 65535')
  }
  if (!(weight > 0) || !Number.isFinite(weight)) {
    throw invalidOption(`${where}weight`, weight, 'a number above 0; leave the endpoint out to send it nothing')
  }
  const locator = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const { hashKey = locator } = options
  return Object.freeze({ locator, address: host, port, uid, hashKey, virtual, zone, node, hints, weight, condition })
}

/** Whether two endpoints say the same. Equal observations must cause no work. */
export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  if (one === other) return true
  return (
    one.locator === other.locator &&
    one.uid === other.uid &&
    one.hashKey === other.hashKey &&
    one.virtual === other.virtual &&
    one.zone === other.zone &&
    one.node === other.node &&
    one.weight === other.weight &&
    one.condition === other.condition &&
    sameHints(one.hints, other.hints)
  )
}

/** One text per address, so that two sources that spell an IPv6 address differently name the same locator. */
function canonicalAddress(address: string): string | undefined {
  if (typeof address !== 'string' || !/^[^\s/@?#[\]]+$/.test(address)) return undefined
  return address.includes(':') ? canonicalIpv6(address) : address.toLowerCase()
}

function sameHints(one: Hints | undefined, other: Hints | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  return sameNames(one.zones, other.zones) && sameNames(one.nodes, other.nodes)
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index])
}
