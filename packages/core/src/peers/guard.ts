/**
 * Who watches outcomes and votes on a peer. The members stand in `guard/`, one file each.
 */
import type { Kit } from './kit.ts'
import type { Votes } from './standing.ts'
import type { Tracker } from './tracker.ts'

/** Watches the picks of one upstream. Opinions shut a peer and are capped by law 8; facts make it leaving and are not. */
export interface Guard extends Tracker, Disposable {
  /** Shown by `inspect` and in events. */
  readonly name: string
  /** What its votes are: an opinion may be wrong about many at once, a fact is not. */
  readonly speaks: 'opinion' | 'fact'
}

/** Makes a guard for one upstream. */
export type GuardFactory = (kit: Kit, votes: Votes) => Guard
