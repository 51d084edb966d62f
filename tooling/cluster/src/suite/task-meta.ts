/**
 * What a test of the suite says of itself, for `npm run test:cluster -- --json`: set it as `task.meta`.
 */
import type {} from 'vitest'

declare module 'vitest' {
  interface TaskMeta extends SuiteMeta {}
}

/** Where a test comes from and where it was played. */
export interface SuiteMeta {
  /** Address of the document that a fact comes from. */
  document?: string
  /** Id of the rule that it plays, such as `W-06`. */
  rule?: string
  /** Where it is played. */
  world?: 'fake' | 'real'
  /** What it measured. */
  costs?: readonly Cost[]
}

/** A figure and what it is of. */
export interface Cost {
  readonly what: string
  readonly value: number
  readonly unit: string
}
