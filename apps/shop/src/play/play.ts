/**
 * One run: customers come, scenes are played, and what was seen is handed over. No figure in it is scripted.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { seededRandom } from '@evenkeel/core/testing'
import { Agent } from 'undici'
import type { ChangeSeconds, Stage } from './cluster/stage.ts'
import { type Calls, startSurvey } from './cluster/survey.ts'
import { startLoad } from './load.ts'
import { Recording, type Stretch } from './recording/recording.ts'
import { type Scene, scenes } from './scenes.ts'

/** Several hundred; two processors have room for more, but not while a dozen processes start. */
export const requestsPerSecond = 300
/** After each change: long enough to see where new connections have gone. */
export const afterSeconds = 8
// Connections are made, code is compiled, and kube-proxy has heard of the pods, a second after they are ready, before anything is counted.
const warmUpSeconds = 3
const lookMs = 500

/** What is happening, for those who look on. */
export interface Now {
  readonly scene: Pick<Scene, 'name' | 'says'>
  readonly seconds: number
  readonly stage: Pick<Stage, 'pods'>
  readonly recording: Recording
  /** Requests that have neither an answer nor an error yet. */
  readonly underWay: number
}

/** A scene as it was played. */
export interface Played {
  readonly scene: Scene
  readonly took: ChangeSeconds | undefined
  /** From the beginning of the scene to that of the next. */
  readonly whole: Stretch
  /** Its end, with nothing changing any more. */
  readonly after: Stretch
}

/** All of a run. */
export interface Run {
  readonly recording: Recording
  readonly played: readonly Played[]
  /** What each pod of the storefront counted, by its name. */
  readonly calls: ReadonlyMap<string, Calls>
}

/** Plays all scenes. Aborting ends the run with the reason of the signal. */
export async function play(stage: Stage, seed: number, look: (now: Now) => void, signal: AbortSignal): Promise<Run> {
  const recording = new Recording()
  await using agent = disposable(new Agent())
  using survey = startSurvey(stage.pods, (sample) => recording.samples.push(sample))
  const load = startLoad({
    ...{ url: stage.url, agent: agent.value, requestsPerSecond, random: seededRandom(seed) },
    record: (result) => recording.requests.push(result),
  })
  const startedAt = Date.now()
  let scene: Now['scene'] = { name: 'warm-up', says: 'connections are made' }
  using _ = every(lookMs, () =>
    look({ scene, seconds: (Date.now() - startedAt) / 1_000, stage, recording, underWay: load.underWay }),
  )
  try {
    await wait(warmUpSeconds * 1_000, undefined, { signal })
    recording.requests.length = 0
    const played: Played[] = []
    for (const next of scenes) {
      scene = next
      const from = Date.now()
      const took = await Promise.race([next.run(stage), aborted(signal)])
      const settled = Date.now()
      await wait(afterSeconds * 1_000, undefined, { signal })
      const to = Date.now()
      played.push({ scene: next, took, whole: { from, to }, after: { from: settled, to } })
    }
    await load.stop()
    return { recording, played, calls: survey.calls }
  } finally {
    void load.stop()
  }
}

function disposable(value: Agent): { readonly value: Agent } & AsyncDisposable {
  return { value, [Symbol.asyncDispose]: () => value.destroy() }
}

function every(ms: number, act: () => void): Disposable {
  const timer = setInterval(act, ms)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
