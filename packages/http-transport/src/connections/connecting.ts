/**
 * A socket on its way to a peer: bounded in time, and one that can be given up. undici's own limit comes up to half a second late, and a client that is
 * destroyed waits for its connection.
 */
import type { Socket } from 'node:net'
import { type buildConnector, errors } from 'undici'
import type { Settings } from '../options.ts'

/** Hears once, whatever happens. */
export type Connected = Parameters<buildConnector.connector>[1]

/** One per connection that is being made. */
export class Connecting {
  readonly #socket: Socket | undefined
  #limit: Disposable

  constructor(
    connector: buildConnector.connector,
    place: buildConnector.Options,
    { clock, connectMs }: Pick<Settings, 'clock' | 'connectMs'>,
    connected: Connected,
  ) {
    const late = (): void => this.end(new errors.ConnectTimeoutError(`no connection within ${connectMs} ms`))
    this.#limit = clock.after(connectMs, () => {
      // The handshake may have been answered while this process was busy.
      this.#limit = clock.afterPoll(late)
    })
    // undici's connector answers with the socket; its types do not say so.
    this.#socket = connector(place, (...result) => {
      this.#limit[Symbol.dispose]()
      connected(...result)
    }) as unknown as Socket | undefined
  }

  /** Gives it up; `connected` hears the error. */
  end(error: Error): void {
    this.#socket?.destroy(error)
  }
}
