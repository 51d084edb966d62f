/**
 * A slice as one view sees it: its endpoints at the port that the view asks for.
 */
import type { Endpoint } from '@evenkeel/core'
import { atPort, type Family, type SliceContent } from '../slice-content.ts'

/** Endpoints of one slice at one port. One object for the life of the slice in a view; what it holds changes. */
export class Placed {
  /** Namespace and name of the slice. */
  readonly key: string
  /** What the slice says. */
  content: SliceContent
  /** Of its addresses. */
  family: Family
  /** The number that the port has in it. */
  port: number
  /** Its endpoints at that port. */
  endpoints: readonly Endpoint[]
  #byLocator: ReadonlyMap<string, readonly Endpoint[]> | undefined
  #byUid: ReadonlyMap<string, readonly Endpoint[]> | undefined

  constructor(content: SliceContent, family: Family, port: number) {
    this.key = content.key
    this.content = content
    this.family = family
    this.port = port
    this.endpoints = placedRows(content, port, undefined)
  }

  /** Takes the slice's next content. Endpoints that stay keep their objects. */
  take(content: SliceContent, family: Family, port: number): void {
    const before = this.port === port ? this : undefined
    const endpoints = placedRows(content, port, before)
    this.content = content
    this.family = family
    this.port = port
    this.endpoints = endpoints
    this.forget()
  }

  /** Which endpoints there are, by locator: several where one address has two pods. */
  get byLocator(): ReadonlyMap<string, readonly Endpoint[]> {
    this.#byLocator ??= grouped(this.endpoints, ({ locator }) => locator)
    return this.#byLocator
  }

  /** Which endpoints a pod has. */
  get byUid(): ReadonlyMap<string, readonly Endpoint[]> {
    this.#byUid ??= grouped(this.endpoints, ({ uid }) => uid ?? '')
    return this.#byUid
  }

  /** Lets the tables go, which are worth their memory only during a change. */
  forget(): void {
    this.#byLocator = undefined
    this.#byUid = undefined
  }

  /** Whether this is the later word, of two slices about one pod. The key decides where the versions are equal, so that no order of arrival does. */
  isNewerThan(other: Placed): boolean {
    const { version } = this.content
    return version === other.content.version ? this.key > other.key : version > other.content.version
  }
}

/** The rows themselves where the port is theirs, else copies. */
function placedRows(content: SliceContent, port: number, before: Placed | undefined): readonly Endpoint[] {
  if (content.rowPort === port) return content.rows
  if (before === undefined || before.content.rowPort === port) return content.rows.map((row) => atPort(row, port))
  const made = new Map(before.content.rows.map((row, index) => [row, before.endpoints[index]]))
  return content.rows.map((row) => made.get(row) ?? atPort(row, port))
}

function grouped(
  endpoints: readonly Endpoint[],
  keyOf: (endpoint: Endpoint) => string,
): Map<string, readonly Endpoint[]> {
  const groups = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const key = keyOf(endpoint)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [endpoint])
    else group.push(endpoint)
  }
  return groups
}
