/** What a convention is: a rule that reads the checkout and complains. */
import type { Checkout } from './checkout.ts'

/** One convention. */
export interface Rule {
  /** What it asks for, in a few words; every complaint repeats what was expected. */
  readonly name: string
  /** Reads what it needs and changes nothing; an empty list means that all is well. */
  check(checkout: Checkout): readonly Complaint[]
}

/** What is wrong, where, and what would be right. Printed as `file: got (expected: expected)`. */
export interface Complaint {
  /** Below the root: `packages/core/README.md`, `packages/core`, with `:12` behind it if it is one line. */
  readonly file: string
  readonly got: string
  readonly expected: string
}
