/**
 * From what was recorded to figures, and what they have to be.
 */
import type { Check } from '@evenkeel/tooling/result'
import { checksOf } from './checks.ts'
import { type News, newsOf } from './recording/news.ts'
import { type Figures, figuresOf, processedTwice } from './recording/recording.ts'
import type { Evidence, Played } from './trial.ts'

/** One scene as it was played. */
export interface SceneFigures {
  readonly name: string
  readonly says: string
  readonly seconds: number
  /** By name, ours first. */
  readonly clients: Readonly<Record<string, ClientFigures>>
  /** Of our client. */
  readonly news: News
  /** How our set differed from the slices at the end; empty if it did not. */
  readonly differences: readonly string[]
  /** From when the cluster was as before until our set was what the slices say. */
  readonly agreedAfterSeconds: number
  /** For how long at the most the process of all clients could do nothing. */
  readonly stalledMs: number
}

/** A client in a scene. */
export interface ClientFigures extends Figures {
  /** Calls that may be processed once at the most, and were processed more often; 0 where pods do not tell. */
  readonly processedTwice: number
  /** Only of clients whose attempts are known. */
  readonly news?: News | undefined
}

/** All of a run. */
export interface Outcome {
  readonly checks: readonly Check[]
  readonly scenes: readonly SceneFigures[]
}

/** Judges a run. */
export function evaluate(evidence: Evidence): Outcome {
  const scenes = evidence.played.map((played) => sceneFigures(evidence, played))
  return { checks: checksOf(evidence, scenes), scenes }
}

function sceneFigures(evidence: Evidence, played: Played): SceneFigures {
  const { scene, from, to, differences, agreedAfterMs, stalledMs } = played
  const clients = Object.keys(evidence.protocol.clients)
  return {
    name: scene.name,
    says: scene.says,
    seconds: Math.round((to - from) / 100) / 10,
    clients: Object.fromEntries(clients.map((name) => [name, clientFigures(evidence, played, name)])),
    news: newsFor(evidence, played, 'ours'),
    differences,
    stalledMs,
    agreedAfterSeconds: Math.round(agreedAfterMs / 100) / 10,
  }
}

function clientFigures(evidence: Evidence, played: Played, name: string): ClientFigures {
  const { requests, attempts, protocol } = evidence
  return {
    ...figuresOf(requests, name, protocol.methods, played),
    processedTwice: processedTwice(attempts, name, played),
    ...(attempts.some(({ client }) => client === name) ? { news: newsFor(evidence, played, name) } : {}),
  }
}

function newsFor({ attempts }: Evidence, { states, from, to }: Played, name: string): News {
  return newsOf(
    states,
    attempts.filter(({ client }) => client === name),
    { from, to },
  )
}
