/**
 * What has to hold in every run.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { SceneFigures } from './evaluate.ts'
import { figuresOf, isIn } from './recording/recording.ts'
import type { Evidence, Played } from './trial.ts'

// What issue and README promise: from the slice to requests.
const newsMs = 100
// When several pods come at once, all of them start on the processors that this process needs too.
const manyNewsMs = 1_000
// Of one rollout: with 20,000 in ten of them, one lost in a thousand could not hide.
const requestsPerRollout = 2_000

/** All checks of a run. */
export function checksOf(evidence: Evidence, scenes: readonly SceneFigures[]): readonly Check[] {
  return [
    ...evidence.played.flatMap((played, index) => sceneChecks(evidence, played, scenes[index] as SceneFigures)),
    offeredLoad(evidence),
  ]
}

function sceneChecks(evidence: Evidence, played: Played, figures: SceneFigures): Check[] {
  const { scene } = played
  const id = `trial.${scene.name}`
  const checks = [
    atMost(`${id}.agrees`, 'afterwards our set is what the slices say', 0, figures.differences.length, 'endpoints'),
    ...lossChecks(evidence, played),
    ...(scene.isTimed === true ? timeChecks(id, figures) : []),
    ...(scene.bringsMany === true ? scaleChecks(id, figures) : []),
  ]
  const { processedTwice, requests } = figures.clients.ours as SceneFigures['clients'][string]
  if (evidence.protocol.podsTell) {
    const claim = 'no call that may be processed once is processed twice'
    checks.push(atMost(`${id}.processed-twice`, claim, 0, processedTwice, 'requests'))
  }
  if (scene.name === 'rollout') {
    const wanted = requestsPerRollout * evidence.lengths.rollouts
    const claim = 'the rollouts are under load'
    const ok = requests >= wanted
    checks.push({ id: `${id}.requests`, claim, expected: `>= ${wanted}`, got: requests, unit: 'requests', ok })
  }
  return checks
}

function lossChecks(evidence: Evidence, played: Played): readonly Check[] {
  const { scene, countsFrom, from, to } = played
  const { methods } = evidence.protocol
  const { lost } = figuresOf(evidence.requests, 'ours', methods, { from: countsFrom, to })
  const since = countsFrom > from ? ' once the slices are back' : ''
  const none = (method: string): Check => {
    const id = `trial.${scene.name}.lost-${method.toLowerCase()}`
    return atMost(id, `no ${method} is lost${since}`, 0, lost[method] ?? 0, 'requests')
  }
  const { repeatable, other, stream } = methods
  if (scene.mayLose === 'nothing') return [repeatable, other, ...(stream === undefined ? [] : [stream])].map(none)
  const claim = `every lost ${other} says maybe-processed`
  const id = `trial.${scene.name}.unclear-${other.toLowerCase()}`
  return [none(repeatable), atMost(id, claim, 0, unclear(evidence, played), 'requests')]
}

function timeChecks(id: string, { news: { arrived, leaving }, stalledMs }: SceneFigures): readonly Check[] {
  // The one longest of hundreds is as late as the process was asleep; no median is.
  const stallMs = Math.max(0, stalledMs)
  const claim = `a leaving pod gets no new request later than that, and than the ${stallMs} ms for which this process stood still`
  return [
    atMost(`${id}.new-pod`, 'a new pod is picked soon after its slice (median)', newsMs, arrived.median, 'ms'),
    atMost(`${id}.leaving-pod`, claim, newsMs + stallMs, leaving.longest, 'ms'),
  ]
}

function scaleChecks(id: string, { news: { arrived } }: SceneFigures): readonly Check[] {
  return [
    atMost(`${id}.new-pods`, 'every new pod gets requests soon after its slice', manyNewsMs, arrived.longest, 'ms'),
    atMost(`${id}.without`, 'no new pod stays without requests', 0, arrived.without, 'pods'),
  ]
}

function unclear({ requests, protocol: { methods } }: Evidence, { from, to }: Played): number {
  return requests.filter(
    (one) =>
      one.client === 'ours' &&
      one.method === methods.other &&
      one.lost !== undefined &&
      one.fate !== 'maybe-processed' &&
      isIn(one, { from, to }),
  ).length
}

function offeredLoad({ played, requests, protocol: { clients, methods } }: Evidence): Check {
  const seconds = played.reduce((sum, { from, to }) => sum + (to - from) / 1_000, 0)
  const counted = requests.filter(
    (one) => one.client === 'ours' && one.method !== methods.stream && played.some((stretch) => isIn(one, stretch)),
  )
  const got = Math.round(counted.length / seconds)
  // Chance keeps a run of a minute within 5 % with this rate, by five standard deviations.
  const least = clients.ours * 0.95
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
