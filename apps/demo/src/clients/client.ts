/**
 * What the demo asks of a client under comparison. The members stand beside.
 */
import type { UpstreamInspection } from '@evenkeel/core'
import type { Dispatcher } from 'undici'
import type { EndingRecord, EndpointNews } from '../messages.ts'

/** Both get the same time for an attempt. */
export const attemptMs = 1_500

/** A dispatcher and its discovery. */
export interface Client {
  readonly dispatcher: Dispatcher
  /** The news of discovery, late. */
  endpoints(endpoints: readonly EndpointNews[]): void
  /** Attempts beyond the first of their request, so far. */
  readonly repeated: number
  /** What it knows of its endpoints, if it can say. */
  inspect(): UpstreamInspection | undefined
}

/** Hears how attempts end. */
export type Ended = (ending: EndingRecord) => void
