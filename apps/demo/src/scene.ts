/**
 * One scene of the story: something done to the fleet, and what must hold of it.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Fleet } from './fleet.ts'
import type { Recording, Stretch } from './recording.ts'

/** What a scene acts on. */
export interface Stage {
  readonly fleet: Fleet
  /** Resolves after so many seconds of the story, and rejects when the demo is stopped. */
  pass(seconds: number): Promise<void>
}

/** When things happened, by name, in milliseconds of the wall clock; besides, the ports they happened to. */
export interface Marks {
  readonly [name: string]: number
}

/** A scene with its claims. The members stand in `scenes/`. */
export interface Scene {
  readonly name: string
  /** What it needs, at the longest. */
  readonly seconds: number
  run(stage: Stage): Promise<Marks>
  /** What must hold of our client. `stretch` runs from the beginning of the scene to that of the next. */
  checks(recording: Recording, stretch: Stretch, marks: Marks): readonly Check[]
}

/** A check that a number is at most a bound. */
export function atMost(id: string, claim: string, bound: number, got: number, unit: string): Check {
  const known = Number.isFinite(got)
  return {
    id,
    claim,
    expected: bound === 0 ? '0' : `<= ${bound}`,
    got: known ? round(got) : null,
    unit,
    ok: known && got <= bound,
  }
}

/** Checks that no request of a stretch was lost, by method. */
export function nothingLost(name: string, recording: Recording, stretch: Stretch): readonly Check[] {
  const { lostGet, lostPost } = recording.figures(stretch)
  return [
    atMost(`demo.${name}.lost-get`, `${name}: no GET is lost`, 0, lostGet, 'requests'),
    atMost(`demo.${name}.lost-post`, `${name}: no POST is lost`, 0, lostPost, 'requests'),
  ]
}

/** Checks of a crash: no GET is lost, and a lost POST says that it may have been processed. */
export function crashSurvived(name: string, recording: Recording, stretch: Stretch): readonly Check[] {
  const posts = recording.lost(stretch).filter(({ method }) => method === 'POST')
  const unclear = posts.filter(({ fate }) => fate !== 'maybe-processed')
  return [
    atMost(`demo.${name}.lost-get`, `${name}: no GET is lost`, 0, recording.figures(stretch).lostGet, 'requests'),
    atMost(
      `demo.${name}.unclear-post`,
      `${name}: every lost POST says "maybe-processed"`,
      0,
      unclear.length,
      'requests',
    ),
  ]
}

function round(value: number): number {
  return Math.round(value * 100_000) / 100_000
}
