/**
 * `compose` answers with a proxy that hands out our methods unbound: called on it they would look for private fields that a proxy does not have.
 */
import type { Dispatcher } from 'undici'

/** What is called on a dispatcher besides `dispatch`, which `compose` binds itself. */
interface Inspected extends Dispatcher {
  inspect(): unknown
}

/** Makes a dispatcher's methods callable through what `compose` answers. Called by its constructor. */
export function bindMethods(dispatcher: Inspected): void {
  const { close, destroy, inspect } = dispatcher
  for (const [name, method] of Object.entries({ close, destroy, inspect }))
    Object.defineProperty(dispatcher, name, {
      value: (method as () => unknown).bind(dispatcher),
      configurable: true,
      writable: true,
    })
}
