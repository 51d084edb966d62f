/**
 * What can be asked of a reflector at any time.
 */
import type { EvenkeelError } from '@evenkeel/core'

/** What a reflector has done and how it stands. */
export interface ReflectorReport {
  /** `observing`: everything is being read; `resuming`: the next watch was asked for; `live`: changes come as they happen; `waiting`: until the next attempt. */
  readonly phase: 'observing' | 'resuming' | 'live' | 'waiting' | 'closed'
  /** The version that a resume would begin at. */
  readonly version: string | undefined
  /** Since the stream last proved to be alive; Infinity before that. */
  readonly aliveAgeMs: number
  /** Since the last event, bookmarks left out; Infinity before that. */
  readonly eventAgeMs: number
  /** Complete observations: the first one and every relist. */
  readonly observations: number
  /** Watches that went on from a version. */
  readonly resumes: number
  /** Bookmarks that came, by which the server says how far it is. */
  readonly bookmarks: number
  /** Changes that came. */
  readonly events: number
  /** In a row. */
  readonly failures: number
  /** Why it does not get on; undefined while it does. */
  readonly error: EvenkeelError | undefined
}
