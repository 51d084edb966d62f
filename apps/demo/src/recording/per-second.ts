/**
 * The same events by second and port: what a chart of a run is drawn from.
 */
import type { AttemptRecord } from '../messages.ts'
import type { Stretch } from './recording.ts'

/** For every port that was ever used: attempts that began in each second of the stretch. Shares are these over their sums. */
export function attemptsPerSecond(
  attempts: readonly AttemptRecord[],
  { from, to }: Stretch,
): Readonly<Record<string, readonly number[]>> {
  const seconds = Math.ceil((to - from) / 1_000)
  const ports = new Map<number, number[]>()
  for (const { at, port } of attempts) {
    if (at < from || at >= to) continue
    const counts = ports.get(port) ?? new Array<number>(seconds).fill(0)
    const second = Math.floor((at - from) / 1_000)
    counts[second] = (counts[second] ?? 0) + 1
    ports.set(port, counts)
  }
  return Object.fromEntries(ports)
}
