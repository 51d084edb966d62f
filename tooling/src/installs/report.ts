/** What a run of the kinds amounts to: a check for each, and the versions that were met, from which the table of `docs/installing.md` is made. */
import { type Check, currentEnvironment, type Result } from '../result.ts'
import type { Kind } from './kind.ts'
import type { Trial } from './project.ts'

/** A kind and how it went. */
export interface Tried {
  readonly kind: Kind
  readonly trial: Trial
  /** Of the Node that it ran on, with its `v`. */
  readonly nodeVersion: string
  /** From the empty folder to the last line. */
  readonly seconds: number
}

/** One kind in the figures of a result. */
export interface KindFigures {
  readonly name: string
  readonly project: string
  readonly does: string
  readonly when: Kind['when']
  readonly node: string
  readonly versions: Readonly<Record<string, string>>
  readonly seconds: number
}

/** The result document. */
export function installsResult(tried: readonly Tried[]): Result {
  return {
    checks: tried.map(checkOf),
    environment: currentEnvironment(),
    figures: { kinds: tried.map(figuresOf) },
  }
}

function checkOf({ kind, trial }: Tried): Check {
  return {
    id: `installs.${kind.name}`,
    claim: `the packed packages install, build and run: ${kind.project}`,
    expected: 'works',
    got: trial.ok ? 'works' : (trial.output.split('\n')[0] ?? ''),
    unit: '',
    ok: trial.ok,
  }
}

function figuresOf({ kind, trial, nodeVersion, seconds }: Tried): KindFigures {
  const { name, project, does, when } = kind
  return { name, project, does, when, node: nodeVersion, versions: trial.versions, seconds: Math.round(seconds) }
}
