/**
 * All slices of one Service. State is kept by slice, never by endpoint: what is told is a pure function of all slices, and a slice's own history, its name
 * and the order in which they are written mean nothing.
 */
import { type Clock, invalidOption, type Observer, type Target } from '@evenkeel/core'
import type { EndpointSlice, SliceEvent } from './endpoint-slice.ts'
import { Interned } from './interned.ts'
import { PortView, type ViewReport, type ViewSource } from './port-view.ts'
import {
  type Family,
  type Ignored,
  keyOfSlice,
  readSlice,
  type SliceContent,
  type SliceReader,
} from './slice-content.ts'
import { TriggerLag, type TriggerLagOptions } from './trigger-lag.ts'

/** Options of `ServiceSlices`. */
export interface ServiceSlicesOptions {
  readonly clock: Clock
  /** For how long an endpoint is kept that vanished without having been told to stop, in milliseconds; 0: not at all. */
  readonly holdMs: number
  /** Which family is used of a pod that has both. */
  readonly family: Family
  /** Whether an address may be connected to. */
  readonly isAllowed: (address: string) => boolean
  /** Hears of what is wrong with slices, once for each reason. */
  readonly warn: (text: string) => void
  /** Measures how late news are. @defaultValue not measured */
  readonly lag?: TriggerLagOptions | undefined
}

/** How the slices of a Service stand. */
export interface ServiceSlicesReport {
  /** Whether all of them have been seen once. */
  readonly isComplete: boolean
  readonly slices: number
  /** Endpoints in all slices, each as often as it is listed. */
  readonly endpoints: number
  /** What the slices have and is not used; `slices` are those of a family that is none. */
  readonly ignored: Ignored & { readonly slices: number }
  /** `Clock.now` when a slice was last written or went; undefined before that. */
  readonly changedAt: number | undefined
  readonly views: readonly ViewReport[]
}

// Each refused address is its own reason. Whoever writes slices must not be able to fill memory and logs.
const mostWarnings = 100

/** The slices of one Service, and the views of its ports. */
export class ServiceSlices {
  readonly #options: ServiceSlicesOptions
  readonly #contents = new Map<string, SliceContent>()
  // How many slices have the port.
  readonly #portCounts = new Map<string, number>()
  readonly #portNames = new Set<string>()
  // By what stands for them.
  readonly #prepared = new WeakMap<EndpointSlice, SliceContent>()
  readonly #views = new Set<PortView>()
  readonly #warned = new Set<string>()
  readonly #lag: TriggerLag | undefined
  readonly #reader: SliceReader
  readonly #source: ViewSource
  #isComplete = false
  #failure: unknown
  #changedAt: number | undefined

  constructor(options: ServiceSlicesOptions) {
    const { holdMs, isAllowed, lag } = options
    if (!(holdMs >= 0)) throw invalidOption('holdMs', holdMs, '>= 0')
    this.#options = options
    this.#lag = lag === undefined ? undefined : new TriggerLag(lag)
    this.#reader = {
      interned: new Interned(),
      wanted: (ports) => this.#wanted(ports),
      isAllowed,
      warn: (reason, text) => this.#warn(reason, text),
    }
    this.#source = sourceOf(
      this.#contents,
      this.#portNames,
      () => this.#isComplete,
      () => this.#failure,
    )
  }

  /** Events in their order; all that one read brought, since each view tells at most one set of them. None at all: the source is well again. */
  change(events: readonly SliceEvent[]): void {
    for (const { kind, object } of events) {
      if (kind === 'set') this.#set(object)
      else this.#gone(object)
    }
    this.#settle()
  }

  /**
   * A slice that `replace` may name in a moment, when all of them have come: of thousands of endpoints the event loop gets a part at a time. Until
   * everything is known once, nothing is told, so that it is taken in already; later on, what was told stays as it is.
   * @returns what stands for it in `replace`, without the JSON of its endpoints
   */
  prepare(slice: EndpointSlice): EndpointSlice {
    const { name, namespace, labels } = slice.metadata ?? {}
    const kept = { metadata: { name, namespace, labels } }
    const content = this.#read(slice)
    this.#prepared.set(kept, content)
    if (this.#isComplete) return kept
    this.#put(content.key, content)
    for (const view of this.#views) view.prepare()
    return kept
  }

  /** Everything there is: a list, or the end of a watch's initial events. */
  replace(slices: readonly EndpointSlice[]): void {
    const keys = new Set(slices.map(keyOfSlice))
    for (const key of [...this.#contents.keys()]) if (!keys.has(key)) this.#put(key, undefined)
    for (const slice of slices) {
      const content = this.#prepared.get(slice) ?? this.#read(slice)
      if (this.#contents.get(content.key) !== content) this.#put(content.key, content)
    }
    this.#isComplete = true
    this.#settle()
  }

  /** Nothing new is heard: every view says so and keeps its list. */
  fail(error: unknown): void {
    this.#failure = error
    for (const view of this.#views) view.fail(error)
  }

  /**
   * Begins to tell the endpoints of a port; at once if all slices are known.
   * @param port A name; a number of the Service's ports; undefined: the only one.
   * @param asked Hears, each time it becomes so, that the view needs to know the ports of the Service. @defaultValue nobody
   */
  view(port: Target['port'], observer: Observer, asked: () => void = () => {}): PortView {
    const { clock, holdMs, family } = this.#options
    const disposed = (gone: PortView): void => void this.#views.delete(gone)
    const view = new PortView({ port, observer, asked, source: this.#source, clock, holdMs, family, disposed })
    this.#views.add(view)
    view.settle()
    return view
  }

  /** The zone of a node, from any endpoint on it; undefined where none is on it or none says. */
  zoneOf(node: string): string | undefined {
    for (const { rows } of this.#contents.values()) {
      const zone = rows.find((row) => row.node === node && row.zone !== undefined)?.zone
      if (zone !== undefined) return zone
    }
    return undefined
  }

  /** How they stand. */
  inspect(): ServiceSlicesReport {
    const contents = [...this.#contents.values()]
    const total = (count: (content: SliceContent) => number): number =>
      contents.reduce((sum, content) => sum + count(content), 0)
    return {
      isComplete: this.#isComplete,
      slices: contents.length,
      endpoints: total(({ rows }) => rows.length),
      ignored: {
        slices: total(({ family }) => Number(family === undefined)),
        refused: total(({ ignored }) => ignored.refused),
        addressless: total(({ ignored }) => ignored.addressless),
        further: total(({ ignored }) => ignored.further),
        ports: total(({ ignored }) => ignored.ports),
      },
      changedAt: this.#changedAt,
      views: [...this.#views].map((view) => view.inspect()),
    }
  }

  #set(slice: EndpointSlice): void {
    const content = this.#read(slice)
    this.#put(content.key, content)
  }

  #read(slice: EndpointSlice): SliceContent {
    const before = this.#contents.get(keyOfSlice(slice))
    const content = readSlice(slice, before, this.#reader)
    this.#lag?.note(before, content)
    return content
  }

  /** A slice of that name that was made anew stays: only its own end ends it. */
  #gone(slice: EndpointSlice): void {
    const key = keyOfSlice(slice)
    const known = this.#contents.get(key)
    const uid = slice.metadata?.uid ?? undefined
    if (known === undefined || (uid !== undefined && known.uid !== undefined && uid !== known.uid)) return
    this.#put(key, undefined)
  }

  #put(key: string, content: SliceContent | undefined): void {
    const before = this.#contents.get(key)
    if (before !== undefined) for (const name of before.ports.keys()) this.#countPort(name, -1)
    if (content === undefined) this.#contents.delete(key)
    else {
      this.#contents.set(key, content)
      for (const name of content.ports.keys()) this.#countPort(name, 1)
    }
    this.#changedAt = this.#options.clock.now()
    for (const view of this.#views) view.put(key, content)
  }

  #countPort(name: string, by: 1 | -1): void {
    const count = (this.#portCounts.get(name) ?? 0) + by
    if (count > 0) {
      this.#portCounts.set(name, count)
      this.#portNames.add(name)
    } else {
      this.#portCounts.delete(name)
      this.#portNames.delete(name)
    }
  }

  #settle(): void {
    if (this.#isComplete && this.#failure !== undefined) {
      this.#failure = undefined
      for (const view of this.#views) view.resume()
    }
    let isNews = false
    // A view may be disposed by what it tells.
    for (const view of [...this.#views]) isNews = view.settle() || isNews
    this.#lag?.tell(isNews)
  }

  #wanted(ports: ReadonlyMap<string, number>): number | undefined {
    for (const { wantedName } of this.#views) {
      const number = wantedName === undefined ? undefined : ports.get(wantedName)
      if (number !== undefined) return number
    }
    return undefined
  }

  #warn(reason: string, text: string): void {
    if (this.#warned.has(reason) || this.#warned.size >= mostWarnings) return
    this.#warned.add(reason)
    this.#options.warn(text)
  }
}

function sourceOf(
  contents: ReadonlyMap<string, SliceContent>,
  portNames: ReadonlySet<string>,
  isComplete: () => boolean,
  failure: () => unknown,
): ViewSource {
  return {
    contents,
    portNames,
    get isComplete() {
      return isComplete()
    },
    get failure() {
      return failure()
    },
  }
}
