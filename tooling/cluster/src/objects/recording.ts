/**
 * The states that a query had, in order, from the call on: for facts about a sequence, such as what a slice says of a pod that is deleted.
 */
import type { Connection } from './connection.ts'
import { follow } from './follow.ts'
import type { AnyObject } from './kinds.ts'
import { describeQuery, type Query } from './query.ts'
import { shortForm } from './short-form.ts'
import { Wait, type WaitOptions } from './wait.ts'

/** States of a query, of which there are more and more until it is disposed. */
export interface Recording<T> extends Disposable {
  /** All so far, the first one as it was at the call. A restart of the API server hides none, unless it has forgotten the versions between (410). */
  readonly states: readonly (readonly T[])[]
  /** Resolves with all states once they fulfil the condition. @throws Error at the deadline, with the last state */
  until(
    holds: (states: readonly (readonly T[])[]) => boolean,
    options?: WaitOptions,
  ): Promise<readonly (readonly T[])[]>
}

/** Starts one, whose first state may still be on its way. */
export function startRecording<T extends AnyObject>(connection: Connection, query: Query): Recording<T> {
  return new RunningRecording<T>(connection, query)
}

/** Starts one. Resolves once the first state is there, so that what is done next cannot be missed. @throws Refusal */
export async function record<T extends AnyObject>(connection: Connection, query: Query): Promise<Recording<T>> {
  const recording = startRecording<T>(connection, query)
  try {
    await recording.until(({ length }) => length > 0, { what: 'the first list' })
    return recording
  } catch (error) {
    recording[Symbol.dispose]()
    throw error
  }
}

class RunningRecording<T extends AnyObject> implements Recording<T> {
  readonly states: (readonly T[])[] = []
  readonly #query: Query
  readonly #ending = new AbortController()
  readonly #waiting = new Set<() => void>()
  #trouble: unknown
  #failure: unknown

  constructor(connection: Connection, query: Query) {
    this.#query = query
    void this.#run(connection)
  }

  until(
    holds: (states: readonly (readonly T[])[]) => boolean,
    options: WaitOptions = {},
  ): Promise<readonly (readonly T[])[]> {
    const wait = new Wait<readonly (readonly T[])[]>(options, holds, () => this.#story())
    const look = (): void => {
      try {
        if (holds(this.states)) wait.resolve([...this.states])
        else if (this.#failure !== undefined) wait.reject(this.#failure)
        else if (this.#ending.signal.aborted) wait.reject(new Error('the recording has been disposed'))
      } catch (error) {
        wait.reject(error)
      }
    }
    this.#waiting.add(look)
    look()
    return wait.promise.finally(() => this.#waiting.delete(look))
  }

  [Symbol.dispose](): void {
    this.#ending.abort()
    this.#tell()
  }

  async #run(connection: Connection): Promise<void> {
    const { signal } = this.#ending
    const onTrouble = (error: unknown): void => {
      this.#trouble = error
    }
    try {
      for await (const state of follow<T>(connection, this.#query, { signal, onTrouble })) {
        this.states.push(state)
        this.#tell()
      }
    } catch (error) {
      this.#failure = error
      this.#tell()
    }
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }

  #story(): string {
    const last = this.states.at(-1)
    const trouble = this.#trouble === undefined ? '' : `\nlast trouble: ${this.#trouble}`
    const shown = last === undefined ? '  (never listed)' : shortForm(last)
    return `${describeQuery(this.#query)}; state ${this.states.length}, the last one:\n${shown}${trouble}`
  }
}
