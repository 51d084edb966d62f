/**
 * The streams of one namespace. Each Service that is followed has a stream of its own, until there are more than a few: then one stream of the whole
 * namespace takes over, without a gap, and stays until nothing is followed any more.
 */
import type { Reflector } from '../reflecting/reflector.ts'
import type { ReflectorReport } from '../reflecting/report.ts'
import type { EndpointSlice } from '../slices/endpoint-slice.ts'
import type { ServiceSlices } from '../slices/service-slices.ts'
import type { FollowedService } from './followed-service.ts'
import { byService, changedSlice, type StreamKit, serviceOf, sliceStream } from './slice-stream.ts'

/** What the streams of a namespace are made of. */
export interface NamespaceOptions extends StreamKit {
  readonly namespace: string
  /** Streams before one takes over for all, at least 1. */
  readonly mostStreams: number
  /** For how long a stream outlives its last follower. */
  readonly lingerMs: number
  /** Slices of one Service, without any yet. */
  makeSlices(service: string): ServiceSlices
}

/** How the streams of a namespace stand. */
export interface NamespaceReport {
  /** Its name. */
  readonly namespace: string
  /** By Service, or one for all. */
  readonly streams: readonly (ReflectorReport & { readonly service: string | undefined })[]
  /** Services that somebody follows. */
  readonly followed: readonly string[]
}

interface Entry {
  readonly slices: ServiceSlices
  followers: number
  /** Its own stream; undefined while the one of the namespace feeds it. */
  own: Reflector<EndpointSlice> | undefined
  observations: number
  linger: Disposable | undefined
}

/** Streams of one namespace. */
export class NamespaceStreams {
  readonly #options: NamespaceOptions
  readonly #entries = new Map<string, Entry>()
  readonly #closing = new Set<Promise<void>>()
  #whole: Reflector<EndpointSlice> | undefined
  #observations = 0
  #isClosed = false

  constructor(options: NamespaceOptions) {
    this.#options = options
  }

  /** Follows a Service. */
  follow(service: string): FollowedService {
    const entry = this.#entryOf(service)
    entry.followers++
    entry.linger?.[Symbol.dispose]()
    entry.linger = undefined
    if (entry.own === undefined && this.#observations === 0) this.#feed(service, entry)
    return this.#look(service, entry)
  }

  /** How the streams stand. */
  inspect(): NamespaceReport {
    const own = [...this.#entries].flatMap(([service, { own: stream }]) =>
      stream === undefined ? [] : [{ service, ...stream.inspect() }],
    )
    const whole = this.#whole === undefined ? [] : [{ service: undefined, ...this.#whole.inspect() }]
    const followed = [...this.#entries].filter(([, { followers }]) => followers > 0).map(([service]) => service)
    return { namespace: this.#options.namespace, streams: [...whole, ...own], followed }
  }

  /** The zone of a node, from any slice that is known. */
  zoneOf(node: string): string | undefined {
    for (const { slices } of this.#entries.values()) {
      const zone = slices.zoneOf(node)
      if (zone !== undefined) return zone
    }
    return undefined
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const entry of this.#entries.values()) {
      entry.linger?.[Symbol.dispose]()
      this.#end(entry.own)
    }
    this.#end(this.#whole)
    await Promise.all(this.#closing)
  }

  #look(service: string, entry: Entry): FollowedService {
    const aliveAt = (): number => (entry.own ?? this.#whole)?.aliveAt ?? Number.NEGATIVE_INFINITY
    let isReleased = false
    return {
      slices: entry.slices,
      get aliveAt() {
        return aliveAt()
      },
      get observations() {
        return entry.observations
      },
      hurry: () => (entry.own ?? this.#whole)?.hurry(),
      release: () => {
        if (isReleased) return
        isReleased = true
        this.#release(service, entry)
      },
    }
  }

  #entryOf(service: string): Entry {
    const known = this.#entries.get(service)
    if (known !== undefined) return known
    const slices = this.#options.makeSlices(service)
    const entry: Entry = { slices, followers: 0, own: undefined, observations: 0, linger: undefined }
    this.#entries.set(service, entry)
    // A namespace that is known completely knows that it has no slices of this Service.
    if (this.#observations > 0) {
      entry.observations = 1
      slices.replace([])
    }
    return entry
  }

  #feed(service: string, entry: Entry): void {
    const streams = [...this.#entries.values()].filter(({ own }) => own !== undefined).length
    if (this.#whole !== undefined || streams >= this.#options.mostStreams) {
      this.#whole ??= this.#openWhole()
      return
    }
    const { slices } = entry
    entry.own = sliceStream(this.#options, this.#options.namespace, service, {
      arrived: (object) => slices.prepare(object),
      replaced: (objects) => {
        entry.observations++
        slices.replace(objects)
      },
      changed: (changes) => slices.change(changes),
      failed: (error) => slices.fail(error),
      recovered: () => slices.change([]),
    })
  }

  #openWhole(): Reflector<EndpointSlice> {
    return sliceStream(this.#options, this.#options.namespace, undefined, {
      arrived: (object) => this.#entries.get(serviceOf(object) ?? '')?.slices.prepare(object) ?? object,
      replaced: (objects) => this.#replaced(objects),
      changed: (changes) => {
        for (const [service, own] of byService(changes, changedSlice)) this.#entryOf(service).slices.change(own)
      },
      failed: (error) => {
        for (const { slices } of this.#fedByWhole()) slices.fail(error)
      },
      recovered: () => {
        for (const { slices } of this.#fedByWhole()) slices.change([])
      },
    })
  }

  #replaced(objects: readonly EndpointSlice[]): void {
    const found = byService(objects, (slice) => slice)
    for (const service of found.keys()) this.#entryOf(service)
    this.#observations++
    for (const [service, entry] of this.#entries) {
      entry.observations++
      entry.slices.replace(found.get(service) ?? [])
      // From here on the stream of the namespace has all that this one had.
      this.#end(entry.own)
      entry.own = undefined
    }
  }

  #fedByWhole(): readonly Entry[] {
    return [...this.#entries.values()].filter(({ own }) => own === undefined)
  }

  #release(service: string, entry: Entry): void {
    entry.followers--
    if (entry.followers > 0 || this.#isClosed) return
    entry.linger = this.#options.clock.after(this.#options.lingerMs, () => this.#forget(service, entry))
  }

  #forget(service: string, entry: Entry): void {
    entry.linger = undefined
    this.#end(entry.own)
    entry.own = undefined
    const isKept = [...this.#entries.values()].some(({ followers, linger }) => followers > 0 || linger !== undefined)
    // What the stream of the namespace feeds is kept as long as it runs.
    if (this.#whole === undefined || this.#observations === 0) this.#entries.delete(service)
    if (isKept) return
    this.#end(this.#whole)
    this.#whole = undefined
    this.#observations = 0
    this.#entries.clear()
  }

  #end(stream: Reflector<EndpointSlice> | undefined): void {
    if (stream === undefined) return
    const done = stream.close()
    this.#closing.add(done)
    done.finally(() => this.#closing.delete(done))
  }
}
