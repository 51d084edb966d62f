/**
 * A promise with a deadline that says what was waited for.
 */

/** How long, and for what. */
export interface WaitOptions {
  /** @defaultValue 60_000, as the tests of a cluster have */
  readonly deadlineMs?: number | undefined
  /** What the error says. @defaultValue the text of the condition */
  readonly what?: string | undefined
}

/** One wait: whoever resolves it first, or the deadline. */
export class Wait<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void

  constructor(
    { deadlineMs = 60_000, what }: WaitOptions,
    condition: (...values: never[]) => boolean,
    story: () => string,
  ) {
    if (!(deadlineMs > 0)) throw new Error(`deadlineMs: ${deadlineMs} (expected: a number above 0)`)
    let settle: { resolve(value: T): void; reject(reason: unknown): void } | undefined
    const promise = new Promise<T>((resolve, reject) => {
      settle = { resolve, reject }
    })
    const { resolve, reject } = settle as unknown as NonNullable<typeof settle>
    const awaited = what ?? String(condition)
    const timer = setTimeout(
      () => reject(new Error(`waited ${deadlineMs} ms for ${awaited}\nof ${story()}`)),
      deadlineMs,
    )
    this.resolve = resolve
    this.reject = reject
    this.promise = promise.finally(() => clearTimeout(timer))
  }
}
