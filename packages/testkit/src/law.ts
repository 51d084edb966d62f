/**
 * A law is a fact that can be checked. It knows no test runner: `for (const law of laws) test(law.name, law.check)` fits them all.
 */
import { AssertionError } from 'node:assert'

/** One fact about the thing under test. */
export interface Law {
  /** The fact, in the present tense. */
  readonly name: string
  /** Throws (or rejects with) a `node:assert` AssertionError when the fact does not hold. */
  check(): void | Promise<void>
}

/** A broken law: the number is that of the design's list of laws. */
export class Breach extends AssertionError {
  /** The law that is broken. */
  readonly law: number

  constructor(law: number, what: string) {
    super({ message: `law ${law}: ${what}` })
    this.law = law
  }
}

/** Throws unless the fact holds. `what` says what was seen instead. */
export function holds(law: number, fact: boolean, what: () => string): void {
  if (!fact) throw new Breach(law, what())
}

/** Runs `work` at the first call and gives the same promise to later ones: several laws may judge one expensive run. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined
  return () => {
    result ??= work()
    return result
  }
}
