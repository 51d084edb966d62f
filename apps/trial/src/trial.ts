/**
 * One run: all clients ask all the time, scenes are played one after another, and what was seen is handed over.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { Act } from './acts.ts'
import type { Protocol } from './protocol.ts'
import type { AttemptRecord, RequestRecord } from './recording/recording.ts'
import type { TruthState } from './recording/truth.ts'
import type { Lengths, Scene } from './scene.ts'
import { Discovery } from './stage/discovery.ts'
import { openStage, type Stage } from './stage/stage.ts'

// Connections are made and code is compiled before anything is counted.
const warmUpMs = 3_000
// After a scene: what was under way ends, and connections come to rest.
const afterMs = 2_000
// Whoever found the API server away for long asks again within 60 s (W-13), and the machine may be busy.
const agreeMs = 75_000
const askAgainMs = 100
const stallResolutionMs = 10

/** A scene as it was played. */
export interface Played {
  readonly scene: Scene
  /** The whole of it. */
  readonly from: number
  readonly to: number
  /** From when on losses count. */
  readonly countsFrom: number
  /** How our set differed from the slices at the end. */
  readonly differences: readonly string[]
  /** How long that was waited for after everything else was over, in milliseconds. */
  readonly agreedAfterMs: number
  /** For how long at the most this process, which has all clients in it, could do nothing: what it heard of late is not the client's doing. */
  readonly stalledMs: number
  /** All states of the slices since before it. */
  readonly states: readonly TruthState[]
}

/** All of a run. */
export interface Evidence {
  readonly protocol: Protocol
  readonly played: readonly Played[]
  readonly requests: readonly RequestRecord[]
  readonly attempts: readonly AttemptRecord[]
  readonly lengths: Lengths
}

/** What a run needs. */
export interface TrialOptions {
  readonly protocol: Protocol
  readonly acts: readonly Act[]
  readonly lengths: Lengths
  readonly seed: number
  /** Hears one line at a time. */
  say(line: string): void
  /** Aborting ends the run with its reason. */
  readonly signal: AbortSignal
}

/** Plays all acts. */
export async function playTrial(options: TrialOptions): Promise<Evidence> {
  const { protocol, acts, lengths } = options
  const evidence = {
    protocol,
    played: [] as Played[],
    requests: [] as RequestRecord[],
    attempts: [] as AttemptRecord[],
    lengths,
  }
  for (const act of acts) await playAct(act, options, evidence)
  return evidence
}

interface Book {
  readonly played: Played[]
  readonly requests: RequestRecord[]
  readonly attempts: AttemptRecord[]
}

async function playAct({ flags, scenes }: Act, options: TrialOptions, book: Book): Promise<void> {
  const { protocol, seed, say, signal } = options
  signal.throwIfAborted()
  say(`a cluster${Object.keys(flags).length === 0 ? '' : ` with ${Object.values(flags).flat().join(' ')}`}`)
  await using stage = await openStage(protocol.app, flags)
  await using discovery = new Discovery(stage)
  await using running = await protocol.start({
    ...{ stage, discovery, seed },
    record: (request) => void book.requests.push(request),
    attempted: (attempt) => void book.attempts.push(attempt),
  })
  try {
    await wait(warmUpMs, undefined, { signal })
    for (const scene of scenes) {
      say(`${scene.name}: ${scene.says}`)
      book.played.push(await Promise.race([playScene(scene, stage, discovery, options), aborted(signal)]))
    }
  } finally {
    await running.stop()
  }
}

async function playScene(scene: Scene, stage: Stage, ours: Discovery, { lengths }: TrialOptions): Promise<Played> {
  const stalls = monitorEventLoopDelay({ resolution: stallResolutionMs })
  stalls.enable()
  const from = performance.now()
  const countsFrom = (await scene.run(stage, ours, lengths)) ?? from
  const overAt = performance.now()
  const giveUpAt = overAt + agreeMs
  let differences = await ours.differences()
  while (differences.length > 0 && performance.now() < giveUpAt) {
    await wait(askAgainMs)
    differences = await ours.differences()
  }
  const agreedAfterMs = performance.now() - overAt
  await wait(afterMs)
  stalls.disable()
  const { states } = stage.truth
  const stalledMs = Math.round(stalls.max / 1e6) - stallResolutionMs
  return { scene, from, to: performance.now(), countsFrom, differences, agreedAfterMs, stalledMs, states }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
