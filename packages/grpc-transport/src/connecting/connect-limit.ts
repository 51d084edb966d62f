/**
 * The time that a connection has to come about: TCP, TLS and the peer's SETTINGS. grpc-js itself would wait for ever for the last two.
 */
import type { Clock } from '@evenkeel/core'

// As much lateness as a loaded but healthy event loop shows; core's awake time has the same.
const slackMs = 25

/** One per connection. */
export class ConnectLimit implements Disposable {
  readonly #clock: Clock
  readonly #ms: number
  readonly #late: (process: 'stalled' | 'awake') => void
  #timer: Disposable | undefined

  constructor(clock: Clock, ms: number, late: (process: 'stalled' | 'awake') => void) {
    this.#clock = clock
    this.#ms = ms
    this.#late = late
  }

  /** The time runs. */
  start(): void {
    this.#arm(this.#ms, 'first')
  }

  /** It is there, or not wanted. */
  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #arm(ms: number, time: 'first' | 'added'): void {
    const clock = this.#clock
    const dueAt = clock.now() + ms
    this.#timer = clock.after(ms, () => {
      // As long as this process could not look, a handshake could not go on (law 10): it gets that time, but at most as much again.
      const lateMs = Math.min(clock.now() - dueAt, this.#ms)
      this.#timer = clock.afterPoll(() => {
        if (time === 'first' && lateMs > slackMs) this.#arm(lateMs, 'added')
        else this.#late(lateMs > this.#ms / 2 ? 'stalled' : 'awake')
      })
    })
  }
}
