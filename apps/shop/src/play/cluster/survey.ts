/**
 * Asks every pod once a second what it counts: connections, and the storefront's calls.
 */

import type { CallFigures } from '../../services/call-counts.ts'
import type { ServiceFigures } from '../../serving/serve.ts'
import type { PodSample } from '../recording/recording.ts'
import type { Pod } from './pods.ts'

const everyMs = 1_000
// A pod that does not answer within half of that is looked at again in the next second.
const answerMs = 500
const internalPort = 9_090

/** Calls of a storefront pod by backend. */
export type Calls = Readonly<Record<string, CallFigures>>

/** A running survey. Disposing it ends it. */
export interface Survey extends Disposable {
  /** What each pod of the storefront counted when it was last asked, also those that have gone. */
  readonly calls: ReadonlyMap<string, Calls>
}

/** Starts one. */
export function startSurvey(pods: () => readonly Pod[], record: (sample: PodSample) => void): Survey {
  const calls = new Map<string, Calls>()
  const look = async (pod: Pod): Promise<void> => {
    const asked = await fetch(`http://${pod.address}:${internalPort}/figures`, {
      signal: AbortSignal.timeout(answerMs),
    })
    const { connections, backends } = (await asked.json()) as ServiceFigures & { readonly backends?: Calls }
    record({ at: Date.now(), app: pod.app, pod: pod.name, connections })
    if (backends !== undefined) calls.set(pod.name, backends)
  }
  const timer = setInterval(() => {
    // A pod that starts does not listen yet, and one that leaves no more.
    for (const pod of pods()) if (pod.address !== undefined) look(pod).catch(() => {})
  }, everyMs)
  return { calls, [Symbol.dispose]: () => clearInterval(timer) }
}
