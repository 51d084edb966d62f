/** Rules applied to a checkout, and how a complaint is printed. */
import { Checkout } from './checkout.ts'
import type { Rule } from './rule.ts'

/** What the rules say about the files as they are now, in the order of the rules: `file: got (expected: expected)`. */
export function complaintsOf(root: string, rules: readonly Rule[]): readonly string[] {
  const checkout = new Checkout(root)
  return rules
    .flatMap((rule) => rule.check(checkout))
    .map(({ file, got, expected }) => `${file}: ${got} (expected: ${expected})`)
}
