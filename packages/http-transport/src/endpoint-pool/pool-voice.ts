/**
 * How a pool speaks to the outside: the name under which it asks its upstreams, and the events of undici's pools.
 */
import type { Endpoint } from '@evenkeel/core'
import type { Client, Dispatcher } from 'undici'
import type { Service } from '../exchange/service.ts'
import type { PoolHooks } from './hooks.ts'
import type { UpstreamList } from './upstream-list.ts'

/** One per pool. */
export class PoolVoice implements PoolHooks {
  /** Whose events they are; set as soon as it exists. */
  pool: Dispatcher | undefined
  service: Service | undefined
  readonly label: string
  readonly #list: UpstreamList
  readonly #origin: string | undefined
  /** A caller was told to wait for `drain`. */
  #held = false

  constructor(list: UpstreamList, origin: string | undefined) {
    this.label = list.origins.join(' ')
    this.#list = list
    this.#origin = origin
  }

  begun(service: Service): void {
    this.service = service
  }

  originOf(endpoint: Endpoint): string {
    return this.#origin ?? this.#list.originOf(endpoint)
  }

  /** undici's own events of the client, told on as its PoolBase does: the pool first among the targets. */
  opening(client: Client, endpoint: Endpoint): void {
    const url = new URL(this.#list.originOf(endpoint))
    const pool = this.pool as Dispatcher
    client.on('connect', (_, targets) => pool.emit('connect', url, [pool, ...targets]))
    client.on('disconnect', (_, targets, error) => pool.emit('disconnect', url, [pool, ...targets], error))
    client.on('connectionError', (_, targets, error) => pool.emit('connectionError', url, [pool, ...targets], error))
  }

  over(): void {
    // Not on the stack of a request: what a listener throws is its own.
    if (this.#held) queueMicrotask(() => this.#tellDrain())
  }

  /** Whether no request waits. If one does, `drain` will tell of the end of it. */
  flows(): boolean {
    if (this.service?.waiting === 0) return true
    this.#held = true
    return false
  }

  #tellDrain(): void {
    const [first] = this.#list.origins
    if (!this.#held || this.service?.waiting !== 0 || first === undefined) return
    this.#held = false
    this.pool?.emit('drain', new URL(first))
  }
}
