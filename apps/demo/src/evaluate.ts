/**
 * From what was recorded to claims and figures.
 */
import type { Check } from '@evenkeel/tooling/result'
import { type ClientName, type PerClient, perClient } from './messages.ts'
import { attemptsPerSecond } from './recording/per-second.ts'
import type { Figures, Recording, Stretch } from './recording/recording.ts'
import { atMost, type Marks, type Scene } from './scene.ts'

/** A scene that was played, and when it began. */
export interface Played {
  readonly scene: Scene
  readonly marks: Marks
  readonly from: number
}

/** What a run left behind. */
export interface Evidence {
  readonly played: readonly Played[]
  readonly recordings: PerClient<Recording>
  /** How often servers began to process a POST, by its id. */
  readonly posts: ReadonlyMap<string, number>
  /** The whole run: from the first request until all is over. */
  readonly all: Stretch
}

/** One scene as it was played. Times in milliseconds of the wall clock. */
export interface PlayedScene {
  readonly name: string
  readonly from: number
  readonly marks: Marks
  readonly figures: PerClient<Figures>
}

/** All of a run. */
export interface Outcome {
  /** The claims of our client. */
  readonly checks: readonly Check[]
  /** What the same checks measured of BalancedPool, by id. It claims nothing. */
  readonly beside: Readonly<Record<string, Check['got']>>
  readonly from: number
  readonly scenes: readonly PlayedScene[]
  readonly total: PerClient<Figures>
  /** POSTs that servers began to process more than once. */
  readonly postedTwice: PerClient<number>
  /** For each port, attempts that began in each second since `from`. */
  readonly attemptsPerSecond: PerClient<Readonly<Record<string, readonly number[]>>>
}

/** Judges a run. */
export function evaluate(evidence: Evidence): Outcome {
  const { played, recordings, all } = evidence
  const scenes = played.map(({ scene, marks, from }, index): PlayedScene => {
    const stretch = stretchOf(evidence, index)
    return { name: scene.name, from, marks, figures: perClient((name) => recordings[name].figures(stretch)) }
  })
  return {
    checks: checksOf(evidence, 'evenkeel'),
    beside: Object.fromEntries(checksOf(evidence, 'BalancedPool').map(({ id, got }) => [id, got])),
    from: all.from,
    scenes,
    total: perClient((name) => recordings[name].figures(all)),
    postedTwice: perClient((name) => postedTwice(evidence, name)),
    attemptsPerSecond: perClient((name) => attemptsPerSecond(recordings[name].attempts, all)),
  }
}

function checksOf(evidence: Evidence, name: ClientName): readonly Check[] {
  const { played, recordings, posts, all } = evidence
  const recording = recordings[name]
  const denied = recording.lostIn(all).filter(({ id, fate }) => fate === 'unprocessed' && posts.has(id))
  return [
    ...played.flatMap(({ scene, marks }, index) => scene.checks(recording, stretchOf(evidence, index), marks)),
    atMost('posted-twice', 'no POST is processed twice', 0, postedTwice(evidence, name), 'requests'),
    atMost('denied', 'no POST that was processed fails as unprocessed', 0, denied.length, 'requests'),
    atMost('unanswered', 'every request ends with an answer or an error', 0, recording.underWay, 'requests'),
    offeredLoad(recording, all),
  ]
}

/** A request that was due in one scene belongs to it, whenever it ends; so does the pause after the scene. */
function stretchOf({ played, all }: Evidence, index: number): Stretch {
  return { from: (played[index] as Played).from, to: played[index + 1]?.from ?? all.to }
}

function postedTwice({ posts }: Evidence, name: ClientName): number {
  return [...posts].filter(([id, times]) => times > 1 && id.startsWith(`${name}/`)).length
}

function offeredLoad(recording: Recording, { from, to }: Stretch): Check {
  const last = recording.requests.reduce((latest, { at }) => Math.max(latest, at), from)
  const got = Math.round((recording.requests.length / (Math.min(last, to) - from)) * 1_000)
  return {
    id: 'demo.load',
    claim: 'at least 300 requests come every second, however slow the answers',
    expected: '>= 300',
    got: Number.isFinite(got) ? got : null,
    unit: 'requests/s',
    ok: got >= 300,
  }
}
