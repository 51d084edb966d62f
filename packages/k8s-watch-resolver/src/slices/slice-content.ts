/**
 * A slice as it is remembered: its endpoints as finished objects, and nothing of the JSON. The next content of a slice is read against the one before, so
 * that endpoints that did not change keep their objects; otherwise it says nothing about it: the controller may write wholly different
 * ports and endpoints under the same name.
 */
import { isIPv6 } from 'node:net'
import { type Endpoint, endpoint } from '@evenkeel/core'
import { isIpv4 } from './address-rule.ts'
import { conditionOf, isTerminating } from './conditions.ts'
import type { EndpointSlice, SliceEndpoint } from './endpoint-slice.ts'
import { type Interned, ownText } from './interned.ts'

/** The family of a slice's addresses. FQDN slices have no meaning that anybody defined. */
export type Family = 'ipv4' | 'ipv6'

/** Endpoints and ports that a slice has and that are not used. */
export interface Ignored {
  /** Its address is of no use by the rule for addresses. */
  readonly refused: number
  /** It has no address of the slice's family. */
  readonly addressless: number
  /** Addresses behind the first, which mean nothing. */
  readonly further: number
  /** Ports that are not TCP, or have no number. */
  readonly ports: number
}

/** What is remembered of a slice. */
export interface SliceContent {
  /** Namespace and name. */
  readonly key: string
  readonly uid: string | undefined
  /** `resourceVersion`; comparable as a number (KEP-5504). */
  readonly version: number
  /** undefined: FQDN, or one that is not known. Such a slice exists and has no endpoints. */
  readonly family: Family | undefined
  /** Numbers of the TCP ports, by name; the unnamed port is ''. */
  readonly ports: ReadonlyMap<string, number>
  /** The port that `rows` are written with. */
  readonly rowPort: number
  /** Its endpoints, as if `rowPort` were what is asked for. */
  readonly rows: readonly Endpoint[]
  /** Which of them have been asked to stop, by `incarnation`. */
  readonly terminating: ReadonlySet<string>
  readonly ignored: Ignored
  /** Wall clock of the change that caused the last write, as text; undefined when the slice does not say. */
  readonly triggerTime: string | undefined
}

/** What reading a slice needs. */
export interface SliceReader {
  readonly interned: Interned
  /** The port that somebody wants of these, so that `rows` need no copy for them. */
  wanted(ports: ReadonlyMap<string, number>): number | undefined
  isAllowed(address: string): boolean
  warn(reason: string, text: string): void
}

const nobody: ReadonlySet<string> = new Set()
const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Namespace and name of a slice: its name alone means nothing, and two namespaces may use the same. */
export function keyOfSlice({ metadata }: EndpointSlice): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}

/** Which pod lives at an address, whatever the port. */
export function incarnation({ address, uid }: Endpoint): string {
  return `${address} ${uid ?? ''}`
}

/** Reads a slice, with the content that it had before. */
export function readSlice(slice: EndpointSlice, before: SliceContent | undefined, reader: SliceReader): SliceContent {
  const { metadata, addressType } = slice
  const key = keyOfSlice(slice)
  const family = addressType === 'IPv4' ? 'ipv4' : addressType === 'IPv6' ? 'ipv6' : undefined
  if (family === undefined) {
    reader.warn('address-type', `slice ${key} has addresses of type ${addressType ?? 'none'}, which are not used`)
  }
  const [found, ignoredPorts] = portsOf(slice)
  const ports = reader.interned.ports(found)
  const rowPort = reader.wanted(ports) ?? firstOf(ports) ?? 1
  const reading = new Reading(family, rowPort, before, reader)
  const rows = family === undefined ? [] : reading.rows(slice.endpoints ?? [])
  return {
    key,
    uid: metadata?.uid ?? undefined,
    version: Number(metadata?.resourceVersion ?? 0),
    family,
    ports,
    rowPort,
    rows,
    terminating: reading.terminating,
    ignored: { ...reading.ignored, ports: ignoredPorts },
    triggerTime: metadata?.annotations?.[triggerAnnotation],
  }
}

/** An endpoint of a slice as it is at another port. */
export function atPort(row: Endpoint, port: number): Endpoint {
  const { locator, hashKey } = row
  return endpoint({ ...row, port, hashKey: hashKey === locator ? undefined : hashKey })
}

class Reading {
  terminating: ReadonlySet<string> = nobody
  readonly ignored = { refused: 0, addressless: 0, further: 0 }
  readonly #family: Family | undefined
  readonly #port: number
  readonly #suffix: string
  readonly #before: readonly Endpoint[]
  readonly #reader: SliceReader
  #byAddress: Map<string, Endpoint> | undefined

  constructor(family: Family | undefined, port: number, before: SliceContent | undefined, reader: SliceReader) {
    this.#family = family
    this.#port = port
    this.#suffix = reader.interned.text(`:${port}`) ?? ''
    this.#before = before?.rowPort === port ? before.rows : []
    this.#reader = reader
  }

  rows(entries: readonly SliceEndpoint[]): readonly Endpoint[] {
    const rows: Endpoint[] = []
    const terminating: string[] = []
    for (const entry of entries) {
      const row = this.#row(entry, rows.length)
      if (row === undefined) continue
      rows.push(row)
      if (isTerminating(entry.conditions)) terminating.push(incarnation(row))
    }
    if (terminating.length > 0) this.terminating = new Set(terminating)
    // A list that grew has room for more; this one never grows again.
    return rows.slice()
  }

  #row(entry: SliceEndpoint, index: number): Endpoint | undefined {
    const { addresses } = entry
    const address = addresses?.[0]
    if (addresses !== null && addresses !== undefined && addresses.length > 1) {
      this.ignored.further += addresses.length - 1
      this.#reader.warn(
        'further-addresses',
        `an endpoint has ${addresses.length} addresses, of which only the first counts`,
      )
    }
    const known = address === undefined ? undefined : this.#known(address, index)
    if (known !== undefined && says(known, entry)) return known
    if (address === undefined || !(this.#family === 'ipv4' ? isIpv4(address) : isIPv6(address))) {
      this.ignored.addressless++
      this.#reader.warn('address', `an endpoint has no address of its slice's family: ${JSON.stringify(address)}`)
      return undefined
    }
    if (!this.#reader.isAllowed(address)) {
      this.ignored.refused++
      this.#reader.warn(
        `refused ${address}`,
        `the address ${address} is refused: it would lead to this host, its link or a metadata service`,
      )
      return undefined
    }
    return this.#make(entry, address)
  }

  /** As `endpoint` makes them, without its checks where they have been made. */
  #make({ targetRef, zone: zoneName, nodeName, hints: given, conditions }: SliceEndpoint, text: string): Endpoint {
    const { interned } = this.#reader
    const port = this.#port
    const address = ownText(text)
    const uid = targetRef?.uid ?? undefined
    const name = targetRef?.name ?? undefined
    const zone = interned.text(zoneName)
    const node = interned.text(nodeName)
    const hints = interned.hints(given)
    const condition = conditionOf(conditions)
    if (this.#family === 'ipv6') return endpoint({ address, port, uid, hashKey: name, zone, node, hints, condition })
    // An IPv4 address that is one: a list of thousands is half as long under way. The port's text is the same object for all of them, so that a locator
    // shares both its halves: 32 B of memory instead of 72.
    const locator = `${address}${this.#suffix}`
    const hashKey = name ?? locator
    return Object.freeze({
      locator,
      address,
      port,
      uid,
      hashKey,
      virtual: false,
      zone,
      node,
      hints,
      weight: 1,
      condition,
    })
  }

  /** Most writes leave everything at its place. */
  #known(address: string, index: number): Endpoint | undefined {
    const there = this.#before[index]
    if (this.#before.length === 0 || there?.address === address) return there
    this.#byAddress ??= new Map(this.#before.map((row) => [row.address, row]))
    return this.#byAddress.get(address)
  }
}

/** Whether the entry says what the endpoint says. */
function says(row: Endpoint, entry: SliceEndpoint): boolean {
  const { targetRef } = entry
  return (
    row.address === entry.addresses?.[0] &&
    row.uid === (targetRef?.uid ?? undefined) &&
    row.hashKey === (targetRef?.name ?? row.locator) &&
    (row.zone ?? '') === (entry.zone ?? '') &&
    (row.node ?? '') === (entry.nodeName ?? '') &&
    row.condition === conditionOf(entry.conditions) &&
    hinted(row.hints?.zones, entry.hints?.forZones) &&
    hinted(row.hints?.nodes, entry.hints?.forNodes)
  )
}

function hinted(
  names: readonly string[] | undefined,
  entries: readonly { readonly name?: string | null | undefined }[] | null | undefined,
): boolean {
  const count = entries?.length ?? 0
  return count === (names?.length ?? 0) && (entries ?? []).every(({ name }, index) => name === names?.[index])
}

function portsOf({ ports }: EndpointSlice): readonly [ports: ReadonlyMap<string, number>, ignored: number] {
  const found = new Map<string, number>()
  let ignored = 0
  for (const { name, port, protocol } of ports ?? []) {
    const isTcp = (protocol ?? 'TCP') === 'TCP'
    if (isTcp && Number.isInteger(port) && Number(port) > 0 && Number(port) <= 65_535)
      found.set(name ?? '', Number(port))
    else ignored++
  }
  return [found, ignored]
}

function firstOf(ports: ReadonlyMap<string, number>): number | undefined {
  for (const number of ports.values()) return number
  return undefined
}
