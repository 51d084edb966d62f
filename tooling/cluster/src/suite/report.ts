/**
 * What the suite found, in the shape of every result of ours.
 */
import { basename } from 'node:path'
import type { Environment, Result } from '@evenkeel/tooling/result'
import type { SuiteMeta } from './task-meta.ts'

/** The part of vitest's report that is read. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly meta?: SuiteMeta
    }[]
  }[]
}

interface Played {
  readonly title: string
  readonly status: string
  readonly meta?: SuiteMeta
}

/** A check for each test, and for each file that could not be loaded; each fact with its document, each rule with the worlds in which it was played, and
 * what was measured, under `figures`. */
export function resultOf({ testResults }: Report, environment: Environment): Result {
  const tests = testResults.flatMap(({ name, message = '', assertionResults }) => {
    const file = basename(name, '.test.ts')
    return assertionResults.length > 0
      ? assertionResults.map((each) => ({ file, ...each }))
      : [{ file, title: `loads: ${message}`, status: 'failed' }]
  })
  const checks = tests.map(({ file, title, status }) => ({
    id: `cluster.${file}.${title.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}`,
    claim: title,
    expected: 'passed',
    got: status,
    unit: '',
    ok: status === 'passed',
  }))
  const facts = tests.flatMap((each) => {
    const { document } = 'meta' in each ? (each.meta ?? {}) : {}
    return document === undefined ? [] : [{ file: each.file, fact: each.title, document, verdict: each.status }]
  })
  const costs = tests.flatMap((each) => ('meta' in each ? (each.meta?.costs ?? []) : []))
  return { checks, environment, figures: { facts, rules: rulesOf(tests), costs } }
}

/** Each rule once: where its tests ran, and whether all of them passed. */
function rulesOf(tests: readonly (Played | object)[]): readonly object[] {
  const played = tests.filter((one): one is Played => 'meta' in one && (one as Played).meta?.rule !== undefined)
  const ids = [...new Set(played.map(({ meta }) => meta?.rule ?? ''))].sort()
  return ids.map((rule) => {
    const own = played.filter(({ meta, status }) => meta?.rule === rule && status !== 'skipped')
    const worlds = new Set(own.map(({ meta }) => meta?.world))
    const failed = own.filter(({ status }) => status !== 'passed').map(({ title }) => title)
    return {
      rule,
      world: worlds.size === 2 ? 'both' : [...worlds].join(),
      verdict: own.length === 0 ? 'skipped' : failed.length === 0 ? 'passed' : 'failed',
      tests: own.length,
      ...(failed.length === 0 ? {} : { failed }),
    }
  })
}
