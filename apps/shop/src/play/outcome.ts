/**
 * From what was seen to the document of a run.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { ChangeSeconds } from './cluster/stage.ts'
import type { Calls } from './cluster/survey.ts'
import { type Played, type Run, requestsPerSecond } from './play.ts'
import type { Figures, PodFigures, Recording, Stretch } from './recording/recording.ts'

/** The pods of each Deployment. */
export type PodsByApp = Readonly<Record<'storefront' | 'users' | 'catalog', readonly PodFigures[]>>

/** One scene. */
export interface SceneFigures {
  readonly name: string
  readonly says: string
  /** Seconds since the first scene. */
  readonly from: number
  readonly to: number
  /** Of the change; null if nothing was changed. */
  readonly took: ChangeSeconds | null
  /** From the beginning of the scene to that of the next. */
  readonly figures: Figures
  /** How it was spread over pods, old and new. */
  readonly pods: PodsByApp
  /** The end of the scene, with nothing changing any more. */
  readonly after: { readonly seconds: number; readonly figures: Figures; readonly pods: PodsByApp }
}

/** One second of the run. */
export interface SecondFigures extends Figures {
  /** Answers by pod. */
  readonly users: Readonly<Record<string, number>>
  /** Open connections by pod. */
  readonly connections: Readonly<Record<string, number>>
}

/** All of a run. */
export interface Outcome {
  readonly checks: readonly Check[]
  readonly scenes: readonly SceneFigures[]
  readonly total: Figures
  /** What each pod of the storefront counted of its own calls, by its name. */
  readonly calls: Readonly<Record<string, Calls>>
  readonly perSecond: readonly SecondFigures[]
}

/** Adds up a run. Plain clients claim nothing; the only claim is that they were asked as often as was meant. */
export function outcomeOf({ recording, played, calls }: Run): Outcome {
  const all = { from: played[0]?.whole.from ?? 0, to: played.at(-1)?.whole.to ?? 0 }
  const total = recording.figures(all)
  return {
    checks: [offeredLoad(total.requests, all)],
    scenes: played.map((one) => sceneFigures(one, recording, all.from)),
    total,
    calls: Object.fromEntries(calls),
    perSecond: Array.from({ length: Math.floor((all.to - all.from) / 1_000) }, (_, second) => {
      const from = all.from + second * 1_000
      return secondFigures(recording, { from, to: from + 1_000 })
    }),
  }
}

function sceneFigures({ scene, took, whole, after }: Played, recording: Recording, zero: number): SceneFigures {
  return {
    name: scene.name,
    says: scene.says,
    from: seconds(whole.from - zero),
    to: seconds(whole.to - zero),
    took: took ?? null,
    figures: recording.figures(whole),
    pods: podsByApp(recording, whole),
    after: {
      seconds: seconds(after.to - after.from),
      figures: recording.figures(after),
      pods: podsByApp(recording, after),
    },
  }
}

function podsByApp(recording: Recording, stretch: Stretch): PodsByApp {
  const of = (app: string): readonly PodFigures[] =>
    // Tenths of a per cent: more is chance.
    recording.pods(app, stretch).map((part) => ({ ...part, share: Math.round(part.share * 1_000) / 1_000 }))
  return { storefront: of('storefront'), users: of('users'), catalog: of('catalog') }
}

function secondFigures(recording: Recording, stretch: Stretch): SecondFigures {
  const users = recording.pods('users', stretch)
  return {
    ...recording.figures(stretch),
    users: Object.fromEntries(users.map(({ pod, requests }) => [pod, requests])),
    connections: Object.fromEntries(
      users.flatMap(({ pod, connections }) => (connections === null ? [] : [[pod, connections]])),
    ),
  }
}

function offeredLoad(requests: number, { from, to }: Stretch): Check {
  const got = Math.round((requests / (to - from)) * 1_000)
  // Chance keeps a run of a minute within 4 % with this rate, by five standard deviations.
  const least = requestsPerSecond * 0.95
  return {
    id: 'shop.load',
    claim: 'requests come as often as customers come, however slow the answers',
    expected: `>= ${least}`,
    got,
    unit: 'requests/s',
    ok: got >= least,
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
