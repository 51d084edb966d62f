/**
 * CPU of the thread that asks.
 */

/** In ms since it began. Linux tells it in ticks of up to 4 ms, so that only long windows mean anything. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
