/**
 * The endpoints of one port of a Service: a pure function of all its slices, worked out anew only where a slice changed.
 *
 * Candidates are all endpoints of slices that have a TCP port of that name. Then, in this order:
 * 1. A pod has one number for a port name and family: that of the newest slice that lists it. (While a Service's target port changes, old slices
 *    still list it under the old number.)
 * 2. A pod is used by one family: the preferred one where it has an address of it. Endpoints that name no pod count as one in this.
 * 3. Copies of a pod at one locator: the newest slice's is the truth.
 * 4. Different pods at one locator: ready before serving-terminating before unready, then the newer. Endpoints that name no pod are different pods.
 */
import type { Condition, Endpoint } from '@evenkeel/core'
import { PlaceTable } from './port-set/place-table.ts'
import { Placed } from './port-set/placed.ts'
import { type Family, incarnation, type SliceContent } from './slice-content.ts'

/** An endpoint and the slice that says so. */
export interface Candidate {
  readonly slice: Placed
  readonly endpoint: Endpoint
}

/** What a slice's change may have changed, by locator. */
export interface Touched {
  readonly locators: ReadonlySet<string>
  /** Endpoints at locators that nobody listed before and nobody else lists now: each is the winner, unless its locator is in `locators`. */
  readonly fresh: readonly Endpoint[]
  /** Endpoints whose last word was that they terminate, by `incarnation`. */
  readonly terminated: ReadonlySet<string>
}

/** The endpoints of one port. */
export class PortSet {
  readonly #preferred: Family
  #name: string | undefined
  readonly #slices = new Map<string, Placed>()
  // locator -> the slices that list it: nearly always one, and then no list is made for it.
  #places = new PlaceTable<Placed | readonly Placed[]>()
  // UID -> slices, kept only while a pod could have two places: while slices differ in family or number.
  #pods: Map<string, Set<Placed>> | undefined
  readonly #shapes = new Map<string, number>()
  // How many endpoints of the preferred family name no pod.
  #anonymous = 0
  #touched = new Set<string>()
  #fresh: Endpoint[] = []
  #terminated = new Set<string>()

  constructor(preferred: Family) {
    this.#preferred = preferred
  }

  /** The name that it is the set of; undefined: no port is known to be the one. */
  get name(): string | undefined {
    return this.#name
  }

  /** Becomes the set of another port. */
  rename(name: string | undefined, contents: Iterable<SliceContent>): void {
    if (name === this.#name) return
    for (const key of [...this.#slices.keys()]) this.#drop(key)
    this.#places = new PlaceTable()
    this.#name = name
    for (const content of contents) this.put(content.key, content)
  }

  /** A slice is so now; undefined: it is gone. */
  put(key: string, content: SliceContent | undefined): void {
    const port = this.#name === undefined ? undefined : content?.ports.get(this.#name)
    if (content?.family === undefined || port === undefined || content.rows.length === 0) this.#drop(key)
    else this.#place(key, content, content.family, port)
  }

  /** What has been touched since the last call. */
  settle(): Touched {
    this.#watchShapes()
    // Where slices differ in family or number, being alone at a locator is not enough.
    if (this.#pods !== undefined) for (const { locator } of this.#fresh) this.#touched.add(locator)
    const touched = { locators: this.#touched, fresh: this.#fresh, terminated: this.#terminated }
    this.#touched = new Set()
    this.#fresh = []
    this.#terminated = new Set()
    return touched
  }

  /** Who lives at the locator by all slices together. `superseded`: it is listed, and its pod is to be used elsewhere. */
  at(locator: string): Endpoint | 'superseded' | undefined {
    const place = this.#places.at(locator)
    if (place === undefined) return undefined
    return winnerOf(this.#candidates(locator, place))?.endpoint ?? 'superseded'
  }

  /** Lets go of what was only of use during a change. */
  forget(): void {
    for (const slice of this.#slices.values()) slice.forget()
  }

  #place(key: string, content: SliceContent, family: Family, port: number): void {
    const known = this.#slices.get(key)
    const before = known?.endpoints ?? []
    if (known !== undefined) {
      this.#count(known, -1)
      this.#noteTerminated(known)
    }
    const slice = known ?? new Placed(content, family, port)
    known?.take(content, family, port)
    this.#slices.set(key, slice)
    this.#count(slice, 1)
    if (known !== undefined) this.#clear(before, slice)
    for (const [index, endpoint] of slice.endpoints.entries()) {
      if (before[index] !== endpoint) this.#enter(endpoint, slice)
      // What several slices list may have another winner when only the version is new.
      else if (isList(this.#places.get(endpoint))) this.#touched.add(endpoint.locator)
      if (this.#pods !== undefined && endpoint.uid !== undefined) this.#notePod(endpoint.uid, slice)
    }
  }

  /** Takes out what the slice no longer lists. */
  #clear(before: readonly Endpoint[], slice: Placed): void {
    const staying = new Set(slice.endpoints)
    for (const endpoint of before) {
      if (staying.has(endpoint)) continue
      const { locator, uid } = endpoint
      this.#touched.add(locator)
      if (!slice.byLocator.has(locator)) this.#leave(endpoint, slice)
      if (uid !== undefined && this.#pods !== undefined && !slice.byUid.has(uid)) this.#forgetPod(uid, slice)
    }
  }

  #drop(key: string): void {
    const slice = this.#slices.get(key)
    if (slice === undefined) return
    this.#count(slice, -1)
    this.#noteTerminated(slice)
    this.#slices.delete(key)
    for (const endpoint of slice.endpoints) {
      const { uid } = endpoint
      this.#leave(endpoint, slice)
      if (uid !== undefined) this.#forgetPod(uid, slice)
    }
  }

  #noteTerminated({ content, endpoints }: Placed): void {
    if (content.terminating.size === 0) return
    for (const endpoint of endpoints) {
      if (content.terminating.has(incarnation(endpoint))) this.#terminated.add(incarnation(endpoint))
    }
  }

  #enter(endpoint: Endpoint, slice: Placed): void {
    const { locator } = endpoint
    const place = this.#places.get(endpoint)
    if (place === undefined) {
      this.#places.set(endpoint, slice)
      // While a Service is read for the first time nothing has been touched.
      if (this.#touched.size === 0 || !this.#touched.has(locator)) this.#fresh.push(endpoint)
      return
    }
    this.#touched.add(locator)
    if (isList(place) ? !place.includes(slice) : place !== slice) {
      this.#places.set(endpoint, isList(place) ? [...place, slice] : [place, slice])
    }
  }

  #leave(endpoint: Endpoint, slice: Placed): void {
    const { locator } = endpoint
    this.#touched.add(locator)
    const place = this.#places.get(endpoint)
    if (place === slice) this.#places.delete(endpoint)
    if (!isList(place)) return
    const [first, ...more] = place.filter((other) => other !== slice)
    if (first === undefined) this.#places.delete(endpoint)
    else this.#places.set(endpoint, more.length === 0 ? first : [first, ...more])
  }

  /** Where a pod's word counts, all its places may change with it. */
  #notePod(uid: string, slice: Placed): void {
    const slices = this.#pods?.get(uid)
    if (this.#pods === undefined) return
    if (slices === undefined) this.#pods.set(uid, new Set([slice]))
    else {
      slices.add(slice)
      if (slices.size > 1) this.#touchPod(uid, slices)
    }
  }

  #forgetPod(uid: string, slice: Placed): void {
    const slices = this.#pods?.get(uid)
    if (slices === undefined) return
    slices.delete(slice)
    if (slices.size === 0) this.#pods?.delete(uid)
    else this.#touchPod(uid, slices)
  }

  #touchPod(uid: string, slices: Iterable<Placed>): void {
    for (const slice of slices) {
      for (const { locator } of slice.byUid.get(uid) ?? []) this.#touched.add(locator)
    }
  }

  #count(slice: Placed, by: 1 | -1): void {
    const { family, port } = slice
    const shape = `${family} ${port}`
    const count = (this.#shapes.get(shape) ?? 0) + by
    if (count === 0) this.#shapes.delete(shape)
    else this.#shapes.set(shape, count)
    if (family !== this.#preferred) return
    const before = this.#anonymous
    for (const { uid } of slice.endpoints) if (uid === undefined) this.#anonymous += by
    if ((before === 0) !== (this.#anonymous === 0)) this.#touchAnonymous()
  }

  #touchAnonymous(): void {
    for (const { family, endpoints } of this.#slices.values()) {
      if (family === this.#preferred) continue
      for (const { uid, locator } of endpoints) if (uid === undefined) this.#touched.add(locator)
    }
  }

  #watchShapes(): void {
    const isMixed = this.#shapes.size > 1
    if (isMixed === (this.#pods !== undefined)) return
    this.#pods = isMixed ? new Map() : undefined
    for (const slice of this.#slices.values()) {
      for (const { uid, locator } of slice.endpoints) {
        this.#touched.add(locator)
        if (uid !== undefined) this.#notePod(uid, slice)
      }
    }
  }

  *#candidates(locator: string, place: Placed | readonly Placed[]): Iterable<Candidate> {
    for (const slice of isList(place) ? place : [place]) {
      for (const endpoint of slice.byLocator.get(locator) ?? []) {
        if (this.#stands(endpoint, slice)) yield { slice, endpoint }
      }
    }
  }

  #stands({ uid }: Endpoint, slice: Placed): boolean {
    if (uid === undefined) return slice.family === this.#preferred || this.#anonymous === 0
    for (const rival of this.#pods?.get(uid) ?? []) {
      if (rival.family !== slice.family) {
        if (rival.family === this.#preferred) return false
      } else if (rival.port !== slice.port && this.#isOutdated(slice, rival, uid)) return false
    }
    return true
  }

  /** Whether the pod's newest slice of this family is one with another number. */
  #isOutdated(slice: Placed, rival: Placed, uid: string): boolean {
    let newest = rival
    for (const other of this.#pods?.get(uid) ?? []) {
      if (other.family === slice.family && other.isNewerThan(newest)) newest = other
    }
    return newest.port !== slice.port
  }
}

const rank: Readonly<Record<Condition, number>> = { ready: 0, 'serving-terminating': 1, unready: 2 }

/**
 * Of copies of one pod only the newest counts: a ready copy of yesterday must not beat the pod's own word of today, nor another pod on the strength
 * of it. What is left are different pods.
 */
function winnerOf(candidates: Iterable<Candidate>): Candidate | undefined {
  const [first, ...others] = candidates
  if (first === undefined || others.length === 0) return first
  const pods = new Map<unknown, Candidate>()
  for (const candidate of [first, ...others]) {
    const pod = candidate.endpoint.uid ?? candidate
    const copy = pods.get(pod)
    if (copy !== undefined && !candidate.slice.isNewerThan(copy.slice)) continue
    // Of equals in one slice the first is taken, so the order must be theirs.
    pods.delete(pod)
    pods.set(pod, candidate)
  }
  return [...pods.values()].reduce((best, pod) => (isBetter(pod, best) ? pod : best))
}

function isBetter(one: Candidate, other: Candidate): boolean {
  const difference = rank[one.endpoint.condition] - rank[other.endpoint.condition]
  return difference === 0 ? one.slice.isNewerThan(other.slice) : difference < 0
}

function isList(place: Placed | readonly Placed[] | undefined): place is readonly Placed[] {
  return Array.isArray(place)
}
