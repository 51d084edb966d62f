/**
 * What `compose` makes of a dispatcher has to be as good as the dispatcher. undici answers with a proxy that hands out our methods unbound: called on it they
 * would look for private fields that a proxy does not have. And its interceptors know nothing of the first interface, which the fetch built into Node 22 and 24
 * speaks, so a last one translates before them.
 */
import type { Dispatcher } from 'undici'
import { modernHandler, modernOptions } from './built-in.ts'

interface Composable extends Dispatcher {
  inspect(): unknown
}

type Method = (this: Dispatcher, ...parameters: never[]) => unknown

/** Makes a dispatcher fit for `compose`. Called by its constructor. */
export function makeComposable(dispatcher: Composable): void {
  const { close, destroy, inspect, compose } = dispatcher
  bindMethods(dispatcher, { close, destroy, inspect })
  define(
    dispatcher,
    'compose',
    function (this: Dispatcher, ...interceptors: Dispatcher.DispatcherComposeInterceptor[]) {
      // Not bound: composing what was composed goes on from there. One array of interceptors is accepted as well.
      return compose.apply(this, [...interceptors.flat(), translate])
    },
  )
}

/** Makes methods work when they are called on a proxy of the dispatcher, too. */
export function bindMethods(dispatcher: Dispatcher, methods: Readonly<Record<string, Method>>): void {
  for (const [name, method] of Object.entries(methods)) define(dispatcher, name, method.bind(dispatcher))
}

const translate: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const modern = modernHandler(handler)
  return dispatch(modernOptions(options, modern !== handler), modern)
}

function define(dispatcher: Dispatcher, name: string, value: Method): void {
  Object.defineProperty(dispatcher, name, { value, configurable: true, writable: true })
}
