/**
 * A socket on its way to a peer: bounded in time, and one that can be given up. undici's own limit comes up to half a second late, and a client that is
 * destroyed waits for its connection.
 */
import type { Socket } from 'node:net'
import { type buildConnector, errors } from 'undici'
import type { Settings } from '../options.ts'

// As much lateness as a loaded but healthy event loop shows; core's awake time has the same.
const slackMs = 25

/** Hears once, whatever happens. */
export type Connected = Parameters<buildConnector.connector>[1]

/** One per connection that is being made. */
export class Connecting {
  readonly #settings: Pick<Settings, 'clock' | 'connectMs'>
  readonly #socket: Socket | undefined
  #limit: Disposable | undefined

  constructor(
    connector: buildConnector.connector,
    place: buildConnector.Options,
    settings: Pick<Settings, 'clock' | 'connectMs'>,
    connected: Connected,
  ) {
    this.#settings = settings
    this.#arm(settings.connectMs, 'first')
    // undici's connector answers with the socket; its types do not say so.
    this.#socket = connector(place, (...result) => {
      this.#limit?.[Symbol.dispose]()
      connected(...result)
    }) as unknown as Socket | undefined
  }

  /** Gives it up; `connected` hears the error. */
  end(error: Error): void {
    this.#socket?.destroy(error)
  }

  #arm(ms: number, time: 'first' | 'added'): void {
    const { clock, connectMs } = this.#settings
    const dueAt = clock.now() + ms
    this.#limit = clock.after(ms, () => {
      // As long as this process could not look, a handshake could not go on (law 10): it gets that time, but at most as much again.
      const lateMs = Math.min(clock.now() - dueAt, connectMs)
      this.#limit = clock.afterPoll(() => {
        if (time === 'first' && lateMs > slackMs) this.#arm(lateMs, 'added')
        else this.end(new errors.ConnectTimeoutError(`no connection within ${connectMs} ms`))
      })
    })
  }
}
