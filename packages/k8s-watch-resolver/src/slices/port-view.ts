/**
 * One look at a Service: the endpoints of one of its ports, told to one observer.
 */
import { type Change, type Clock, type Endpoint, type Observer, SetPublisher, type Target } from '@evenkeel/core'
import type { ServicePort } from './endpoint-slice.ts'
import { Hold } from './hold.ts'
import { choosePort, type PortChoice } from './port-choice.ts'
import { PortSet, type Touched } from './port-set.ts'
import { type Family, incarnation, type SliceContent } from './slice-content.ts'

/** What a view sees of the slices that it is of. */
export interface ViewSource {
  /** Whether all slices have been seen once. Nothing is told before that. */
  readonly isComplete: boolean
  /** Why nothing new is heard; undefined while it is. */
  readonly failure: unknown
  readonly contents: ReadonlyMap<string, SliceContent>
  /** Names of the TCP ports in all slices. */
  readonly portNames: ReadonlySet<string>
}

/** What a view is made of. */
export interface ViewParts {
  readonly port: Target['port']
  readonly observer: Observer
  readonly source: ViewSource
  readonly clock: Clock
  readonly holdMs: number
  readonly family: Family
  /** Hears, each time it becomes so, that the view needs to know the Service. */
  readonly asked: () => void
  readonly disposed: (view: PortView) => void
}

/** How a view stands. */
export interface ViewReport {
  /** What was asked for. */
  readonly port: Target['port']
  /** Name of the port that it is of; undefined while that is not known. */
  readonly name: string | undefined
  readonly endpoints: number
  /** How many of these are in no slice any more and are kept for a moment. */
  readonly held: number
}

/** The endpoints of one port, for one observer. Everything but `ports`, `refuse` and disposing is for the slices that it is a view of. */
export class PortView implements Disposable {
  readonly #parts: ViewParts
  readonly #set: PortSet
  readonly #hold: Hold
  readonly #publisher: SetPublisher
  #choice: PortChoice = { kind: 'none' }
  // Of all slices; what a part of them seemed to say binds nobody.
  #chosen: string | undefined
  #service: readonly ServicePort[] | undefined
  #refusal: unknown
  #size = 0
  #isHeard = false

  constructor(parts: ViewParts) {
    const { clock, holdMs, family, observer } = parts
    this.#parts = parts
    this.#set = new PortSet(family)
    this.#hold = new Hold(clock, holdMs, (endpoints) => this.#publish([], endpoints))
    this.#publisher = new SetPublisher(observer)
  }

  /** Whether it waits for `ports`: a number was asked for, and the Service has several ports. */
  get needsService(): boolean {
    return this.#choice.kind === 'ask' && this.#service === undefined
  }

  /** Name of the port that it is, or would be, of. */
  get wantedName(): string | undefined {
    return typeof this.#parts.port === 'string' ? this.#parts.port : this.#set.name
  }

  /** The ports of the Service, as the Service has them: what a number means. */
  ports(ports: readonly ServicePort[]): void {
    this.#service = ports
    this.#refusal = undefined
    this.settle()
  }

  /** The Service cannot be read: what was not decided without it fails with this error. */
  refuse(error: unknown): void {
    this.#refusal = error
    this.settle()
  }

  /** A slice is so now; undefined: it is gone. Nothing is told before `settle`. */
  put(key: string, content: SliceContent | undefined): void {
    this.#set.put(key, content)
  }

  /** Before all slices are known: those that came are taken in already, if it seems clear which port is meant. Nothing is told. */
  prepare(): void {
    const choice = this.#choose()
    if (choice.kind === 'name') this.#set.rename(choice.name, this.#parts.source.contents.values())
  }

  /** Tells what has changed, at once. @returns whether that was news */
  settle(): boolean {
    const { source, asked } = this.#parts
    if (!source.isComplete) return source.failure !== undefined && this.#publisher.fail(source.failure)
    const neededService = this.needsService
    this.#choice = this.#choose()
    this.#chosen = this.#choice.kind === 'name' ? this.#choice.name : undefined
    this.#set.rename(this.#chosen, source.contents.values())
    const { changed, removed } = this.#compare(this.#set.settle())
    this.#set.forget()
    const isNews = this.#publish(changed, removed)
    if (this.needsService && !neededService) asked()
    return isNews
  }

  /** Nothing new is heard: the list stays. */
  fail(error: unknown): void {
    this.#hold.pause()
    this.#publisher.fail(error)
  }

  /** The source is heard again. */
  resume(): void {
    this.#hold.resume()
  }

  /** How it stands. */
  inspect(): ViewReport {
    return { port: this.#parts.port, name: this.#set.name, endpoints: this.#size, held: this.#hold.size }
  }

  [Symbol.dispose](): void {
    this.#hold.clear()
    this.#parts.disposed(this)
  }

  #choose(): PortChoice {
    const { source, port } = this.#parts
    return choosePort(port, { names: source.portNames, service: this.#service, before: this.#chosen })
  }

  #compare({ locators, fresh, terminated }: Touched): Change {
    const changed = locators.size === 0 ? [...fresh] : fresh.filter(({ locator }) => !locators.has(locator))
    const removed: Endpoint[] = []
    if (this.#hold.size > 0) for (const { locator } of changed) this.#hold.release(locator)
    for (const locator of locators) {
      const there = this.#set.at(locator)
      const told = this.#publisher.at(locator)
      if (there !== undefined && there !== 'superseded') {
        this.#hold.release(locator)
        if (there !== told) changed.push(there)
      } else if (told !== undefined) {
        const isOver = there === 'superseded' || terminated.has(incarnation(told))
        if (!isOver && this.#hold.add(told)) continue
        this.#hold.release(locator)
        removed.push(told)
      }
    }
    if (this.#hold.size === 0) return { changed, removed }
    return { changed, removed: [...removed, ...changed.flatMap((endpoint) => this.#hold.moved(endpoint) ?? [])] }
  }

  #publish(changed: readonly Endpoint[], removed: readonly Endpoint[]): boolean {
    const isFirst = this.#size === 0
    const isNew = ({ locator }: Endpoint): boolean => this.#publisher.at(locator) === undefined
    this.#size += isFirst ? changed.length : changed.filter(isNew).length
    this.#size -= removed.length
    const { failure, contents } = this.#parts.source
    const error = this.#error()
    if (failure !== undefined) return this.#publisher.patch({ status: 'stale', error: failure, changed, removed })
    if (this.#size === 0 && error !== undefined) {
      // Only a complete answer takes endpoints out (law 3): that they are gone is one, and why there are none comes after it.
      if (removed.length > 0) this.#publisher.patch({ removed })
      return this.#publisher.patch({ status: 'failed', error })
    }
    if (this.#size === 0 && this.needsService && !this.#isHeard) return false
    this.#isHeard = true
    // A Service whose slices have all gone counts as there as long as something of it is held.
    const status = contents.size === 0 && this.#size === 0 ? 'absent' : 'ok'
    if (isFirst) return this.#publisher.publish({ status, endpoints: changed, isDistinct: true })
    return this.#publisher.patch({ status, changed, removed })
  }

  #error(): unknown {
    if (this.#choice.kind === 'wrong') return this.#choice.error
    return this.needsService ? this.#refusal : undefined
  }
}
