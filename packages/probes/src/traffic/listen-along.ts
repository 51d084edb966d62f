/**
 * Listens to an event only as long as the application does. A first listener for `upgrade` changes what a server does: with one,
 * Node hands the socket over; without, it answers the request as a plain one. A mere observer must not make that difference.
 */
import type { EventEmitter } from 'node:events'

type Listener = (...args: never[]) => void

/** Puts `listener` before the application's listeners of `event`, now or when the first of them comes, and takes it away with the last. */
export function listenAlong(emitter: EventEmitter, event: string, listener: Listener): Disposable {
  const ours = listener as (...args: unknown[]) => void
  const along = (): boolean => emitter.listeners(event).includes(ours)
  const added = (name: string | symbol, other: unknown): void => {
    if (name === event && other !== ours && !along()) emitter.prependListener(event, ours)
  }
  const removed = (name: string | symbol): void => {
    if (name === event && along() && emitter.listenerCount(event) === 1) emitter.off(event, ours)
  }
  if (emitter.listenerCount(event) > 0) emitter.prependListener(event, ours)
  emitter.on('newListener', added)
  emitter.on('removeListener', removed)
  return {
    [Symbol.dispose](): void {
      emitter.off('newListener', added)
      emitter.off('removeListener', removed)
      emitter.off(event, ours)
    },
  }
}
