/**
 * Everything that can be observed, published on `node:diagnostics_channel`. Without a listener a channel costs one property read:
 * the publisher asks `hasSubscribers` before it makes the message.
 */
import { channel } from 'node:diagnostics_channel'
import type { Outcome } from './calling/outcome.ts'
import type { Status } from './discovery/endpoint-set.ts'
import type { Standing } from './peers/standing.ts'

/** Discovery said something new about a target. */
export interface SetEvent {
  /** The target as text. */
  readonly service: string
  /** What discovery knows: `pending`, `ok`, `absent`, `stale` or `failed`. */
  readonly status: Status
  /** Rises with every set of the target. */
  readonly version: number
  /** How many endpoints the set has. */
  readonly endpoints: number
  /** The last failure of discovery while it lasts. */
  readonly error: unknown
}

/** A peer came or went for good. */
export interface PeerEvent {
  /** The target as text. */
  readonly service: string
  /** Locator of the endpoint. */
  readonly endpoint: string
  /** Whether it is there now. */
  readonly change: 'joined' | 'left'
}

/** A peer's standing changed. */
export interface StandingEvent {
  /** The target as text. */
  readonly service: string
  /** Locator of the endpoint. */
  readonly endpoint: string
  /** The joined vote of all guards: `open`, `shut` or `leaving`. */
  readonly standing: Standing
  /** Names of the guards that speak against it; empty when open. */
  readonly why: readonly string[]
}

/** One attempt ended. */
export interface AttemptEvent {
  /** The target as text. */
  readonly service: string
  /** Locator of the endpoint. */
  readonly endpoint: string
  /** How it ended: fate, verdict, fault, and what the endpoint said beside. */
  readonly outcome: Outcome
  /** From the pick to its end, without the time in which this process could not run. */
  readonly ms: number
}

/** A call goes on to another attempt. `move`: nothing had been processed, free of budget. `repeat`: spends budget. */
export interface AgainEvent {
  /** The target as text. */
  readonly service: string
  /** What the next attempt costs. */
  readonly kind: 'move' | 'repeat'
  /** How long it waits before the next attempt. */
  readonly delayMs: number
  /** How the attempt ended that did not satisfy. */
  readonly outcome: Outcome
}

/** A name that looked like ours went to the pass-through dispatcher; once per name and reason. */
export interface PassThroughEvent {
  /** The name as it was asked for. */
  readonly service: string
  /** Why it was not balanced. */
  readonly reason: string
}

/** Something a user should know, said once. */
export interface WarningEvent {
  /** Stable: what programs compare. */
  readonly code: string
  /** The target as text; undefined where it is about none. */
  readonly service: string | undefined
  /** What is amiss and what to do. */
  readonly text: string
}

/** A diagnostics channel that knows the type of its messages. */
export interface EventChannel<Message> {
  /** What to subscribe to. */
  readonly name: string | symbol
  /** Whether anybody listens; a message that nobody would hear is not made. */
  readonly hasSubscribers: boolean
  /** Hands the message to every subscriber, synchronously. */
  publish(message: Message): void
}

/**
 * The channels by what they tell. Subscribe with `node:diagnostics_channel` and the channel's name.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import { events, type StandingEvent } from '@evenkeel/core'
 *
 * subscribe(events.standing.name, (message) => {
 *   const { endpoint, standing, why } = message as StandingEvent
 *   console.log(endpoint, standing, why.join(', '))
 * })
 * ```
 */
export const events: {
  /** `evenkeel:set` */
  readonly set: EventChannel<SetEvent>
  /** `evenkeel:peer` */
  readonly peer: EventChannel<PeerEvent>
  /** `evenkeel:standing` */
  readonly standing: EventChannel<StandingEvent>
  /** `evenkeel:attempt` */
  readonly attempt: EventChannel<AttemptEvent>
  /** `evenkeel:again` */
  readonly again: EventChannel<AgainEvent>
  /** `evenkeel:pass-through` */
  readonly passThrough: EventChannel<PassThroughEvent>
  /** `evenkeel:warning` */
  readonly warning: EventChannel<WarningEvent>
} = {
  set: channel('evenkeel:set') as EventChannel<SetEvent>,
  peer: channel('evenkeel:peer') as EventChannel<PeerEvent>,
  standing: channel('evenkeel:standing') as EventChannel<StandingEvent>,
  attempt: channel('evenkeel:attempt') as EventChannel<AttemptEvent>,
  again: channel('evenkeel:again') as EventChannel<AgainEvent>,
  passThrough: channel('evenkeel:pass-through') as EventChannel<PassThroughEvent>,
  warning: channel('evenkeel:warning') as EventChannel<WarningEvent>,
}
