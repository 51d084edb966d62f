/**
 * One rule broken by hand: a text in a source, and what stands there instead.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A mutation. */
export interface Mutation {
  /** Which rule it breaks; tests of the rule have it in their title. */
  readonly rule: string
  /** The rule, as a statement. */
  readonly claim: string
  /** What the program does instead, once it is broken. */
  readonly broken: string
  /** The source, from the root of the checkout. */
  readonly file: string
  /** Stands in it exactly once. */
  readonly from: string
  readonly to: string
  /** Test files that know the rule, from the root of the checkout. */
  readonly tests: readonly string[]
}

/** The source with the rule broken. @throws Error that names the file and what is not there, when the source has become another one */
export function broken(root: string, { rule, file, from, to }: Mutation): string {
  const text = readFileSync(join(root, file), 'utf8')
  const count = text.split(from).length - 1
  if (count !== 1)
    throw new Error(
      `${file}: the text that breaking ${rule} replaces is there ${count} times (expected: once; bring mutations/list.ts up to date):\n${from}`,
    )
  // A function, as `$` has a meaning in a replacement that is a text.
  return text.replace(from, () => to)
}
