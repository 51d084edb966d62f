/**
 * One object for all texts that say the same: a Service of thousands of pods has a handful of zones and hints, and the parser makes each of them anew.
 */
import type { Hints } from '@evenkeel/core'
import type { SliceEndpoint } from './endpoint-slice.ts'

// Nodes come and go for ever; a pool that began anew costs some copies.
const mostTexts = 10_000
// A power of two; most clusters have fewer nodes and zones.
const recentPlaces = 1_024

/** A pool of texts and hints. */
export class Interned {
  readonly #texts = new Map<string, string>()
  // In front of them, since V8 hashes a part of a line outside of compiled code: each at the place that its sum says, whoever was there.
  readonly #recent: string[] = new Array<string>(recentPlaces).fill('')
  readonly #hints = new Map<string, Hints>()
  readonly #ports = new Map<string, ReadonlyMap<string, number>>()

  /** The one text that says this. */
  text(text: string | null | undefined): string | undefined {
    if (text === null || text === undefined || text === '') return undefined
    const place = sumOf(text) & (recentPlaces - 1)
    const recent = this.#recent[place]
    if (recent === text) return recent
    const own = this.#texts.get(text) ?? ownText(text)
    this.#recent[place] = kept(this.#texts, own, own)
    return own
  }

  /** The one object for these hints; undefined for none. */
  hints(hints: SliceEndpoint['hints']): Hints | undefined {
    if (hints === null || hints === undefined) return undefined
    const { forZones, forNodes } = hints
    // What a controller writes for a zone: no list is made to look it up.
    const zone = forZones?.length === 1 && (forNodes?.length ?? 0) === 0 ? forZones[0]?.name : undefined
    const known = zone === null || zone === undefined ? undefined : this.#hints.get(zone)
    if (known !== undefined) return known
    const zones = namesOf(forZones)
    const nodes = namesOf(forNodes)
    if (zones.length === 0 && nodes.length === 0) return undefined
    // No name of a zone or node has a comma or a slash.
    const key = nodes.length === 0 ? zones.join() : `${zones.join()}/${nodes.join()}`
    return this.#hints.get(key) ?? kept(this.#hints, key, Object.freeze({ zones, nodes }))
  }

  /** The one map of these ports. */
  ports(ports: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const key = [...ports].join()
    return this.#ports.get(key) ?? kept(this.#ports, key, ports)
  }
}

// V8 makes a part of a text that has as many characters a view of the whole, and a shorter one a copy (`SlicedString::kMinLength`).
const shortestView = 13

/**
 * A text that keeps nothing else alive: of one that may be a part of a whole line a copy. What is joined out of two is written anew.
 */
export function ownText(text: string): string {
  return text.length < shortestView ? text : [text.slice(0, 1), text.slice(1)].join('')
}

const none: readonly string[] = Object.freeze([])

function namesOf(
  entries: readonly { readonly name?: string | null | undefined }[] | null | undefined,
): readonly string[] {
  if (entries === null || entries === undefined || entries.length === 0) return none
  return entries.map(({ name }) => name ?? '').filter((name) => name !== '')
}

function sumOf(text: string): number {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0
  return sum
}

function kept<T>(pool: Map<string, T>, key: string, made: T): T {
  if (pool.size >= mostTexts) pool.clear()
  pool.set(key, made)
  return made
}
