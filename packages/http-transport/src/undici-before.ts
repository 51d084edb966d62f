/**
 * Importing undici 8 installs its agent under the symbol from which the fetch built into Node 22 and 24 takes its dispatcher, and so changes the
 * application's global fetch (nodejs/undici#5500). Importing this library must not. This module remembers what stood there; it has to be
 * evaluated before undici, so it is the first import of the package, stays a file of its own in the bundle, and is listed in `sideEffects`.
 */

const legacyDispatcher = Symbol.for('undici.globalDispatcher.1')
const globals = globalThis as Record<symbol, unknown>
const before = globals[legacyDispatcher]

/**
 * Puts back what stood there; called once, right after undici has been evaluated. Nothing changes where the application had loaded undici itself.
 * undici makes the property neither deletable nor fixed, and the built-in fetch takes undefined for "not made yet".
 */
export function restoreBuiltInFetch(): void {
  if (globals[legacyDispatcher] !== before) globals[legacyDispatcher] = before
}
