/**
 * Something that is wrong with the network on purpose, until it is mended.
 */

/** A fault; disposing it mends it. */
export interface Fault extends AsyncDisposable {
  /** Ends the fault. Once is enough; more does nothing. */
  mend(): Promise<void>
}

/** A fault out of what mends it, which is called once however often the fault is mended. */
export function makeFault(undo: () => Promise<void>): Fault {
  let done: Promise<void> | undefined
  const mend = (): Promise<void> => {
    done ??= undo()
    return done
  }
  return { mend, [Symbol.asyncDispose]: mend }
}
