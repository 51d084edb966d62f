/**
 * Time that moves only when a test says so.
 */
import { type Clock, invalidOption, longestDelayMs } from '../index.ts'

/** A clock in the hands of a test. */
export interface FakeClock extends Clock {
  /**
   * Moves time on. Timers run in the order of their times, and of their making where these are equal; timers that are set meanwhile
   * and fall due run too. After the timers of each moment, and at the end, the event loop "polls": what waits in `afterPoll` runs.
   * An error thrown by a timer ends the advance at that moment.
   * @param ms @defaultValue 0: only what is due now, and one poll
   */
  advance(ms?: number): void
  /** How many timers and `afterPoll` tasks wait. Law 11: 0 after everything was closed. */
  readonly pending: number
}

// A timer that sets itself again without delay would never let time pass.
const mostPerMoment = 1_000_000

/**
 * Makes a clock that stands still at `startMs`.
 * @param startMs @defaultValue 0
 */
export function fakeClock(startMs = 0): FakeClock {
  return new HandClock(startMs)
}

interface Task {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

class HandClock implements FakeClock {
  #now: number
  #order = 0
  #pending = 0
  // Sorted so that the next one stands last.
  readonly #timers: Task[] = []
  #polls: Task[] = []

  constructor(startMs: number) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Disposable {
    if (!(ms <= longestDelayMs)) throw invalidOption('ms', ms, `at most ${longestDelayMs}`)
    const task = this.#task(this.#now + Math.max(0, ms), run)
    this.#timers.splice(this.#place(task), 0, task)
    return this.#handle(task)
  }

  wake(ms: number, run: () => void): Disposable {
    return this.after(ms, run)
  }

  afterPoll(run: () => void): Disposable {
    const task = this.#task(this.#now, run)
    this.#polls.push(task)
    return this.#handle(task)
  }

  get pending(): number {
    return this.#pending
  }

  advance(ms = 0): void {
    if (!(ms >= 0)) throw invalidOption('ms', ms, '>= 0')
    const end = this.#now + ms
    for (let next = this.#timers.at(-1); next !== undefined && next.at <= end; next = this.#timers.at(-1)) {
      this.#now = Math.max(this.#now, next.at)
      this.#moment()
      this.#poll()
    }
    this.#now = end
    this.#poll()
  }

  #moment(): void {
    for (let ran = 0; ; ran += 1) {
      const next = this.#timers.at(-1)
      if (next === undefined || next.at > this.#now) return
      if (ran === mostPerMoment)
        throw new Error(`more than ${mostPerMoment} timers at ${this.#now} ms: a timer sets itself again`)
      this.#timers.pop()
      this.#run(next)
    }
  }

  /** Tasks that are added meanwhile wait for the next poll, as with `setImmediate`. */
  #poll(): void {
    const tasks = this.#polls
    this.#polls = []
    for (const task of tasks) this.#run(task)
  }

  #task(at: number, run: () => void): Task {
    this.#pending += 1
    this.#order += 1
    return { at, order: this.#order, run }
  }

  #run(task: Task): void {
    const { run } = task
    if (run === undefined) return
    task.run = undefined
    this.#pending -= 1
    run()
  }

  #handle(task: Task): Disposable {
    return {
      [Symbol.dispose]: () => {
        if (task.run === undefined) return
        task.run = undefined
        this.#pending -= 1
        if (task.at > this.#now) this.#timers.splice(this.#place(task), 1)
      },
    }
  }

  /** Where the task stands or belongs: in front of everything that runs before it. */
  #place(task: Task): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#timers[middle] as Task
      if (other.at > task.at || (other.at === task.at && other.order > task.order)) low = middle + 1
      else high = middle
    }
    return low
  }
}
