/**
 * A Service that somebody follows: its slices, and who feeds them.
 */
import type { ServiceSlices } from '../slices/service-slices.ts'

/** One look at a Service; several may share all of it. */
export interface FollowedService {
  readonly slices: ServiceSlices
  /** When the source last proved to be alive; -Infinity before that. */
  readonly aliveAt: number
  /** Complete observations so far. */
  readonly observations: number
  /** News are missed: see `Reflector.hurry`. */
  hurry(): void
  /** Ends this look. The last one ends the stream, after a while. */
  release(): void
}
