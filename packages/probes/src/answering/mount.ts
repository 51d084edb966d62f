/**
 * Answers probes on a server that belongs to the application, before any of its listeners: also those that are added later,
 * and without a trace in the application's own logs, counts and middleware.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProbedServer } from '../options.ts'

type Emit = (this: ProbedServer, event: string | symbol, ...args: unknown[]) => boolean

/** Gives `handle` every request of `server` first; what it answers with true goes no further. */
export function mountOn(
  server: ProbedServer,
  handle: (request: IncomingMessage, response: ServerResponse) => boolean,
): Disposable {
  const original = server.emit as Emit
  const before = Object.getOwnPropertyDescriptor(server, 'emit')
  let mounted: 'yes' | 'no' = 'yes'
  const emit: Emit = function (event, ...args) {
    if (event === 'request' && mounted === 'yes' && handle(args[0] as IncomingMessage, args[1] as ServerResponse))
      return true
    return original.call(this, event, ...args)
  }
  Object.defineProperty(server, 'emit', { value: emit, configurable: true, writable: true, enumerable: false })
  return {
    [Symbol.dispose](): void {
      mounted = 'no'
      // Somebody may have wrapped it since: then it stays, and only passes on.
      if (server.emit !== (emit as unknown)) return
      if (before === undefined) Reflect.deleteProperty(server, 'emit')
      else Object.defineProperty(server, 'emit', before)
    },
  }
}
