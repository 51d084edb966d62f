/**
 * How a test waits for what it cannot await.
 */
import { systemClock } from '../clock.ts'

// Whatever has to happen on the loopback has happened by then, on the slowest machine.
const patienceMs = 10_000

/** Looks after every poll of the event loop until it is so. Not a pause: it ends with the event. @throws Error after 10 s */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = systemClock.now() + patienceMs
  while (!(await isSo())) {
    if (systemClock.now() > end) throw new Error(`it does not become so: ${isSo}`)
    await new Promise<void>((resolve) => systemClock.afterPoll(resolve))
  }
}
