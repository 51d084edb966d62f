/**
 * One scene of the story: something done to the fleet, and what must hold of it. The members stand in `scenes/`.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Fleet } from './fleet/fleet.ts'
import type { Recording, Stretch } from './recording/recording.ts'

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

/** A scene with its claims. */
export interface Scene {
  /** In kebab-case, since it begins the ids of its checks. */
  readonly name: string
  /** One line for those who look on. */
  readonly says: string
  /** What it needs, at the longest. */
  readonly seconds: number
  run(stage: Stage): Promise<Marks>
  /** What must hold of our client; asked of the other too, for comparison. `stretch` runs from the beginning of the scene to that of the next. */
  checks(recording: Recording, stretch: Stretch, marks: Marks): readonly Check[]
}

/** A check that a number is at most a bound. */
export function atMost(id: string, claim: string, bound: number, got: number, unit: string): Check {
  const known = Number.isFinite(got)
  return {
    id: `demo.${id}`,
    claim,
    expected: bound === 0 ? 0 : `<= ${bound}`,
    got: known ? Math.round(got * 100_000) / 100_000 : null,
    unit,
    ok: known && got <= bound,
  }
}

/** A check that no GET of a stretch was lost. */
export function noGetLost(name: string, recording: Recording, stretch: Stretch): Check {
  const { GET } = recording.figures(stretch).lostByMethod
  return atMost(`${name}.lost-get`, `${name}: no GET is lost`, 0, GET, 'requests')
}

/** Checks that no request of a stretch was lost, by method. */
export function nothingLost(name: string, recording: Recording, stretch: Stretch): readonly Check[] {
  const { POST } = recording.figures(stretch).lostByMethod
  return [
    noGetLost(name, recording, stretch),
    atMost(`${name}.lost-post`, `${name}: no POST is lost`, 0, POST, 'requests'),
  ]
}

/** Checks of a crash: no GET is lost, and a lost POST says that it may have been processed. */
export function crashSurvived(name: string, recording: Recording, stretch: Stretch): readonly Check[] {
  const posts = recording.lostIn(stretch).filter(({ method }) => method === 'POST')
  const unclear = posts.filter(({ fate }) => fate !== 'maybe-processed')
  return [
    noGetLost(name, recording, stretch),
    atMost(
      `${name}.unclear-post`,
      `${name}: no POST is lost without saying maybe-processed`,
      0,
      unclear.length,
      'requests',
    ),
  ]
}
