/**
 * One watch of one target, from the call on: it waits for the API server, follows the Service, and looks at the port.
 */
import { type Clock, type EndpointSet, EvenkeelError, type Observer, type Target, type Watch } from '@evenkeel/core'
import type { PortView } from '../slices/port-view.ts'
import type { FollowedService } from './followed-service.ts'
import { findServicePorts } from './service-ports.ts'
import type { StreamKit } from './slice-stream.ts'

/** What a watch looks at, once it is known. */
export interface Opened {
  readonly followed: FollowedService
  readonly kit: StreamKit
  readonly namespace: string
  readonly service: string
  readonly port: Target['port']
}

/** What a watch is made of. */
export interface OpenWatchOptions {
  readonly clock: Clock
  open(): Promise<Opened>
  readonly observer: Observer
  /** There will be nothing to look at. */
  failed(error: unknown): void
  ended(): void
}

/** A watch that core holds. */
export class OpenWatch implements Watch {
  readonly #options: OpenWatchOptions
  readonly #control = new AbortController()
  readonly #done: Promise<void>
  #opened: Opened | undefined
  #view: PortView | undefined
  #asking: Promise<void> | undefined

  constructor(options: OpenWatchOptions) {
    this.#options = options
    this.#done = this.#start()
  }

  get seenAt(): number {
    return this.#opened?.followed.aliveAt ?? Number.NEGATIVE_INFINITY
  }

  get completeAnswers(): number {
    return this.#opened?.followed.observations ?? 0
  }

  /** A watch hears of changes by itself; where it failed, it is tried again sooner. */
  refresh(): void {
    this.#opened?.followed.hurry()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#control.signal.aborted) return
    this.#control.abort(new Error('the watch was closed'))
    this.#view?.[Symbol.dispose]()
    this.#opened?.followed.release()
    this.#options.ended()
    await this.#done
    await this.#asking
  }

  async #start(): Promise<void> {
    const { open, failed } = this.#options
    const { signal } = this.#control
    try {
      const opened = await open()
      if (signal.aborted) {
        opened.followed.release()
        return
      }
      this.#opened = opened
      this.#look(opened)
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
  }

  #look(opened: Opened): void {
    const { signal } = this.#control
    const view = opened.followed.slices.view(
      opened.port,
      (set) => {
        if (!signal.aborted) this.#options.observer(set.status === 'absent' ? explained(set, opened) : set)
      },
      () => this.#ask(opened),
    )
    this.#view = view
    // It may have asked while it was made.
    if (view.needsService) this.#ask(opened)
  }

  #ask({ kit, namespace, service, port }: Opened): void {
    if (this.#asking !== undefined || this.#view === undefined) return
    const view = this.#view
    this.#asking = findServicePorts(
      kit,
      {
        ...{ namespace, service, port },
        found: (ports) => view.ports(ports),
        refused: (error) => view.refuse(error),
      },
      this.#control.signal,
    ).finally(() => {
      this.#asking = undefined
    })
  }
}

/** Which of the three it is stands in the Service, which nobody has to be allowed to read for this. */
function explained(set: EndpointSet, { namespace, service }: Opened): EndpointSet {
  const text =
    `${service} in the namespace ${namespace} has no EndpointSlices: there is no such Service, or it is an ExternalName, ` +
    'which is but a name, or it has no selector and nobody has written slices for it'
  const error = new EvenkeelError('EVENKEEL_SERVICE_ABSENT', text, { fault: 'discovery' })
  return { ...set, error }
}
