/**
 * A rule of slices or of the watch protocol as something that can be played: against the fake API server and, where that can be brought about, against a
 * real one.
 */
import type { FakeWorld, World } from './world.ts'

/** A rule that is played everywhere. */
export interface CommonRule {
  /** Of merging slices M-01 to M-29, of terminating pods T-09 to T-14, of the watch W-01 to W-28. */
  readonly id: string
  /** A fact. */
  readonly title: string
  readonly worlds: 'both'
  /** Which server it needs. @defaultValue one with its defaults */
  readonly server?: 'without WatchList'
  /** @throws AssertionError where it does not hold */
  play(world: World): Promise<void>
}

/** A rule whose events no real API server can be brought to on purpose, or where what was asked has to be seen. */
export interface FakeRule {
  readonly id: string
  readonly title: string
  readonly worlds: 'fake'
  play(world: FakeWorld): Promise<void>
}

/** A rule of the suite. */
export type Rule = CommonRule | FakeRule

/** One that is played everywhere. */
export function rule(id: string, title: string, play: CommonRule['play']): Rule {
  return { id, title, worlds: 'both', play }
}

/** One that only the fake API server can play. */
export function fakeRule(id: string, title: string, play: FakeRule['play']): Rule {
  return { id, title, worlds: 'fake', play }
}
