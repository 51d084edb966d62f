/** The result files that figures in documents come from: documents of the shape of result.ts in `results/`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../result.ts'

/** A committed result. */
export interface CommittedResult extends Result {
  /** What makes it again. */
  readonly command: string
}

/**
 * Reads `results/NAME.json`.
 * @throws Error if it is missing or has no command, environment or figures.
 */
export function readResult(root: string, name: string): CommittedResult {
  const path = `results/${name}.json`
  if (!existsSync(join(root, path))) throw new Error(`${path} is missing (expected: a result; see results/README.md)`)
  const result = JSON.parse(readFileSync(join(root, path), 'utf8')) as Partial<CommittedResult>
  for (const field of ['command', 'environment', 'checks', 'figures'] as const)
    if (result[field] === undefined) throw new Error(`${path}: no \`${field}\` (expected: see results/README.md)`)
  return result as CommittedResult
}
