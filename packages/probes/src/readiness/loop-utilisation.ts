/**
 * The busy share of the event loop's time, as the runtime counts it. It is no clock: nothing is timed by it, so it does not come
 * through `Clock`; whoever uses it takes a `ReadUtilisation`, which a test replaces.
 */

/** Reads the share of time that the event loop has been busy since the previous reading, 0 to 1. */
export type ReadUtilisation = () => number

/** The real loop's; each has its own previous reading. */
export function loopUtilisation(): ReadUtilisation {
  // biome-ignore lint/style/noRestrictedGlobals: a counter of the runtime, see above
  const loop = performance
  let previous = loop.eventLoopUtilization()
  return () => {
    const current = loop.eventLoopUtilization()
    const { utilization } = loop.eventLoopUtilization(current, previous)
    previous = current
    return utilization
  }
}
