/**
 * The last moments of a long list.
 */

/** The entries since `from`, of a list whose times rise but for the order within one report of a client. */
export function recent<T extends { readonly at: number }>(entries: readonly T[], from: number): readonly T[] {
  // From the end: a live picture asks for two seconds of ninety. A report holds a quarter of a second.
  const before = entries.findLastIndex(({ at }) => at < from - 250)
  return entries.slice(before + 1).filter(({ at }) => at >= from)
}
