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
  readonly service: string
  readonly status: Status
  readonly version: number
  /** How many endpoints the set has. */
  readonly endpoints: number
  readonly error: unknown
}

/** A peer came or went for good. */
export interface PeerEvent {
  readonly service: string
  readonly endpoint: string
  readonly change: 'joined' | 'left'
}

/** A peer's standing changed. */
export interface StandingEvent {
  readonly service: string
  readonly endpoint: string
  readonly standing: Standing
  /** Names of the guards that speak against it; empty when open. */
  readonly why: readonly string[]
}

/** One attempt ended. */
export interface AttemptEvent {
  readonly service: string
  readonly endpoint: string
  readonly outcome: Outcome
  /** From the pick to its end, without the time in which this process could not run. */
  readonly ms: number
}

/** A call goes on to another attempt. `move`: nothing had been processed, free of budget. `repeat`: spends budget. */
export interface AgainEvent {
  readonly service: string
  readonly kind: 'move' | 'repeat'
  readonly delayMs: number
  readonly outcome: Outcome
}

/** A name that looked like ours went to the pass-through dispatcher; once per name and reason. */
export interface PassThroughEvent {
  readonly service: string
  readonly reason: string
}

/** Something a user should know, said once. */
export interface WarningEvent {
  readonly code: string
  readonly service: string | undefined
  readonly text: string
}

/** A diagnostics channel that knows the type of its messages. */
export interface EventChannel<Message> {
  readonly name: string | symbol
  readonly hasSubscribers: boolean
  publish(message: Message): void
}

/** The channels by what they tell. Subscribe with `node:diagnostics_channel` and the channel's name. */
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
