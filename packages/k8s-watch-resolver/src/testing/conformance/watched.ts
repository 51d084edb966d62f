/**
 * A client of a world: a resolver with one watch, and all that it has heard.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type EndpointSet, parseTarget, systemClock, type Watch } from '@evenkeel/core'
import { type Kubernetes, kubernetes } from '../../kubernetes.ts'
import type { KubernetesOptions } from '../../options.ts'
import type { NamespaceReport } from '../../sharing/namespace-streams.ts'
import { texts } from '../slices.ts'
import type { World } from './world.ts'

const warnings = 'evenkeel:warning'

type StreamReport = NamespaceReport['streams'][number]

/** A resolver, a watch, and its sets. */
export class Watched {
  readonly resolver: Kubernetes
  readonly sets: EndpointSet[] = []
  readonly #world: World
  readonly #watches: Watch[] = []

  constructor(world: World, target: string, options: KubernetesOptions) {
    this.#world = world
    this.resolver = kubernetes(options)
    this.#watches.push(this.resolver.watch(parseTarget(target), (set) => this.sets.push(set)))
  }

  /** The last set. */
  get last(): EndpointSet | undefined {
    return this.sets.at(-1)
  }

  /** Last parts of the addresses of the last set, in order. */
  get pods(): string {
    return podsOf(this.last)
  }

  /** What the last set says: `locator condition` of each, in order; a ready one without its condition. */
  get told(): readonly string[] {
    return this.last === undefined ? [] : texts(this.last)
  }

  /** All streams of its namespace. */
  get streams(): readonly StreamReport[] {
    return this.resolver.inspect().namespaces.flatMap(({ streams }) => streams)
  }

  /** The only stream. */
  get stream(): StreamReport | undefined {
    return this.streams[0]
  }

  /** Watches one more target with the same resolver. @returns its sets */
  add(target: string): EndpointSet[] {
    const sets: EndpointSet[] = []
    this.#watches.push(this.resolver.watch(parseTarget(target), (set) => sets.push(set)))
    return sets
  }

  /** Ends one of its watches, in the order in which they were begun. */
  async leave(at: number): Promise<void> {
    await this.#watches[at]?.[Symbol.asyncDispose]()
  }

  /**
   * Turns the world until something holds. While every stream waits for its next attempt, the clock moves.
   * @param stepMs by how much at a time @defaultValue 50
   */
  async until(holds: () => boolean, stepMs = 50): Promise<void> {
    const { clock, patienceMs } = this.#world
    const from = systemClock.now()
    while (!holds()) {
      if (systemClock.now() - from > patienceMs) throw new Error(`never: ${holds}\n${this.#story()}`)
      await this.#world.turn()
      const { streams } = this
      if (streams.length > 0 && streams.every(({ phase }) => phase === 'waiting') && !holds()) clock.advance(stepMs)
    }
  }

  /** Lets time pass while everything is as it should be. */
  async pass(ms: number): Promise<void> {
    // A ping has to be answered within 15 s.
    for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
      this.#world.clock.advance(Math.min(leftMs, 1_000))
      for (let turns = 0; turns < 5; turns++) await this.#world.turn()
    }
  }

  /** Resolves when all is known and the stream lives. */
  async live(): Promise<void> {
    await this.until(() => this.stream?.phase === 'live' && this.sets.length > 0)
  }

  /** Resolves when so many changes have come since the beginning. */
  async heard(changes: number): Promise<void> {
    await this.until(() => (this.stream?.events ?? 0) >= changes)
  }

  /** Resolves when a watch that was resumed has stood for long enough to count. */
  async settle(): Promise<void> {
    await this.until(() => this.stream?.phase === 'resuming' || this.stream?.phase === 'live')
    await this.until(() => (this.stream?.aliveAgeMs ?? 0) === 0 || this.stream?.phase === 'live')
    for (let turns = 0; turns < 20; turns++) await this.#world.turn()
    this.#world.clock.advance(5_000)
    await this.until(() => this.stream?.phase === 'live')
  }

  /** Everything that could hold a token. */
  story(): string {
    return this.#story()
  }

  #story(): string {
    const errors = [...this.sets.map(({ error }) => error), ...this.streams.map(({ error }) => error)]
    return JSON.stringify(
      {
        sets: this.sets.map(
          ({ version, status, endpoints }) => `${version} ${status} ${endpoints.map(({ locator }) => locator)}`,
        ),
        report: this.resolver.inspect(),
        errors: errors.map(textOf),
      },
      null,
      1,
    )
  }
}

/** Last parts of the addresses of a set, in order. */
export function podsOf(set: EndpointSet | undefined): string {
  return (set?.endpoints ?? [])
    .map(({ address }) => Number(address.split('.').at(-1)))
    .sort((one, other) => one - other)
    .join(' ')
}

/** An error with its stack and all its causes. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return `${error.stack ?? error.message} ${JSON.stringify(error)} ${cause === undefined ? '' : textOf(cause)}`
}

/** Texts of all warnings while something runs. */
export async function warningsDuring(run: () => Promise<void>): Promise<readonly string[]> {
  const told: string[] = []
  const hear = (message: unknown): void => void told.push(JSON.stringify(message))
  subscribe(warnings, hear)
  try {
    await run()
  } finally {
    unsubscribe(warnings, hear)
  }
  return told
}
