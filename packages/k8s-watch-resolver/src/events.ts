/**
 * What can be observed of the watch itself, on `node:diagnostics_channel`; what it finds is told by the channels of core.
 */
import { channel } from 'node:diagnostics_channel'
import type { EventChannel } from '@evenkeel/core'

/** A stream changed its phase. */
export interface StreamEvent {
  /** Of the API server. */
  readonly url: string
  /** Whose EndpointSlices are watched. */
  readonly namespace: string
  /** undefined: it is of all Services of the namespace. */
  readonly service: string | undefined
  /**
   * `observing`: everything is being read; `resuming`: a watch from the last version has been asked for; `live`:
   * changes come as they happen; `waiting`: until the next attempt; `closed`.
   */
  readonly phase: 'observing' | 'resuming' | 'live' | 'waiting' | 'closed'
  /** Complete observations so far: the first one and every relist. */
  readonly observations: number
  /** Watches so far that went on from a version. */
  readonly resumes: number
  /** Why it waits. */
  readonly error: unknown
}

/** How late a change was told, by the trigger time that the controller has written down. */
export interface LagEvent {
  /** Of the Service. */
  readonly namespace: string
  /** Whose endpoints changed. */
  readonly service: string
  /** From the change of a pod or Service to when this process heard of it, in milliseconds. Two clocks are compared. */
  readonly lagMs: number
}

/** The channels by what they tell. */
export const kubernetesEvents: {
  /** `evenkeel:kubernetes-stream` */
  readonly stream: EventChannel<StreamEvent>
  /** `evenkeel:kubernetes-lag` */
  readonly lag: EventChannel<LagEvent>
} = {
  stream: channel('evenkeel:kubernetes-stream') as EventChannel<StreamEvent>,
  lag: channel('evenkeel:kubernetes-lag') as EventChannel<LagEvent>,
}
