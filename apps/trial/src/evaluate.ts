/**
 * From what was recorded to claims and figures.
 */
import type { Check } from '@evenkeel/tooling/result'
import { type News, newsOf } from './recording/news.ts'
import { type ClientName, clientNames, type Figures, figuresOf, isIn } from './recording/recording.ts'
import { type Evidence, type Played, requestsPerSecond } from './trial.ts'

/** One scene as it was played. */
export interface SceneFigures {
  readonly name: string
  readonly says: string
  readonly seconds: number
  readonly clients: Readonly<Record<ClientName, Figures>>
  readonly news: News
  /** How our set differed from the slices at the end; empty if it did not. */
  readonly differences: readonly string[]
  /** From when the cluster was as before until our set was what the slices say. */
  readonly agreedAfterSeconds: number
  /** For how long at the most the process of both clients could do nothing. */
  readonly stalledMs: number
}

/** All of a run. */
export interface Outcome {
  readonly checks: readonly Check[]
  readonly scenes: readonly SceneFigures[]
}

// What issue and README promise: from the slice to requests.
const newsMs = 100
// Of one rollout: with 20,000 in ten of them, one lost in a thousand could not hide.
const requestsPerRollout = 2_000

/** Judges a run. */
export function evaluate(evidence: Evidence): Outcome {
  const scenes = evidence.played.map((played) => sceneFigures(evidence, played))
  return {
    checks: [
      ...evidence.played.flatMap((played, index) => sceneChecks(evidence, played, scenes[index] as SceneFigures)),
      offeredLoad(evidence),
    ],
    scenes,
  }
}

function sceneFigures({ requests, attempts }: Evidence, played: Played): SceneFigures {
  const { scene, from, to, states, differences, agreedAfterMs, stalledMs } = played
  const clients = Object.fromEntries(clientNames.map((name) => [name, figuresOf(requests, name, { from, to })]))
  return {
    name: scene.name,
    says: scene.says,
    seconds: Math.round((to - from) / 100) / 10,
    clients: clients as SceneFigures['clients'],
    news: newsOf(states, attempts, { from, to }),
    differences,
    stalledMs,
    agreedAfterSeconds: Math.round(agreedAfterMs / 100) / 10,
  }
}

function sceneChecks(evidence: Evidence, played: Played, figures: SceneFigures): Check[] {
  const { clients, news, differences, stalledMs } = figures
  const { scene, countsFrom, to } = played
  const { lost } = figuresOf(evidence.requests, 'ours', { from: countsFrom, to })
  const id = `trial.${scene.name}`
  const checks = [
    atMost(`${id}.agrees`, 'afterwards our set is what the slices say', 0, differences.length, 'endpoints'),
    atMost(`${id}.lost-get`, `no GET is lost${sinceWhen(played)}`, 0, lost.GET, 'requests'),
  ]
  if (scene.mayLose === 'nothing')
    checks.push(atMost(`${id}.lost-post`, `no POST is lost${sinceWhen(played)}`, 0, lost.POST, 'requests'))
  else
    checks.push(
      atMost(`${id}.unclear-post`, 'every lost POST says maybe-processed', 0, unclear(evidence, played), 'requests'),
    )
  if (scene.isTimed === true) {
    const { arrived, leaving } = news
    // The one longest of hundreds is as late as the process was asleep; no median is.
    const stallMs = Math.max(0, stalledMs)
    const claim = `a leaving pod gets no new request later than that, and than the ${stallMs} ms for which this process stood still`
    checks.push(
      atMost(`${id}.new-pod`, 'a new pod is picked soon after its slice (median)', newsMs, arrived.median, 'ms'),
      atMost(`${id}.leaving-pod`, claim, newsMs + stallMs, leaving.longest, 'ms'),
    )
  }
  if (scene.name === 'rollout') {
    const wanted = requestsPerRollout * evidence.lengths.rollouts
    const got = clients.ours.requests
    const claim = 'the rollouts are under load'
    checks.push({ id: `${id}.requests`, claim, expected: `>= ${wanted}`, got, unit: 'requests', ok: got >= wanted })
  }
  return checks
}

function sinceWhen({ from, countsFrom }: Played): string {
  return countsFrom > from ? ' once the slices are back' : ''
}

function unclear({ requests }: Evidence, { from, to }: Played): number {
  return requests.filter(
    (one) =>
      one.client === 'ours' &&
      one.method === 'POST' &&
      one.lost !== undefined &&
      one.fate !== 'maybe-processed' &&
      isIn(one, { from, to }),
  ).length
}

function offeredLoad({ played, requests }: Evidence): Check {
  const seconds = played.reduce((sum, { from, to }) => sum + (to - from) / 1_000, 0)
  const counted = requests.filter((one) => one.client === 'ours' && played.some((stretch) => isIn(one, stretch)))
  const got = Math.round(counted.length / seconds)
  // Chance keeps a run of a minute within 5 % with this rate, by five standard deviations.
  const least = requestsPerSecond * 0.95
  return {
    id: 'trial.load',
    claim: 'requests come as often as they should, however slow the answers',
    expected: `>= ${least}`,
    got: Number.isFinite(got) ? got : null,
    unit: 'requests/s',
    ok: got >= least,
  }
}

function atMost(id: string, claim: string, most: number, got: number | null, unit: string): Check {
  return { id, claim, expected: most === 0 ? 0 : `<= ${most}`, got, unit, ok: got !== null && got <= most }
}
