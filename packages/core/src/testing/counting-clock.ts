/**
 * The process's clock, with a count of what waits: unref'd timers show nowhere else.
 */
import { type Clock, systemClock } from '../index.ts'

/** Real time; a test that something is left behind reads `pending`. */
export class CountingClock implements Clock {
  /** Timers and polls that have neither run nor been disposed. */
  pending = 0

  now(): number {
    return systemClock.now()
  }

  after(ms: number, run: () => void): Disposable {
    return this.#count(run, (counted) => systemClock.after(ms, counted))
  }

  wake(ms: number, run: () => void): Disposable {
    return this.#count(run, (counted) => systemClock.wake(ms, counted))
  }

  afterPoll(run: () => void): Disposable {
    return this.#count(run, (counted) => systemClock.afterPoll(counted))
  }

  #count(run: () => void, set: (counted: () => void) => Disposable): Disposable {
    this.pending++
    let over = false
    const end = () => {
      if (!over) this.pending--
      over = true
    }
    const timer = set(() => {
      end()
      run()
    })
    return {
      [Symbol.dispose]: () => {
        end()
        timer[Symbol.dispose]()
      },
    }
  }
}
