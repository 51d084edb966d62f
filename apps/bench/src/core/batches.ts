/**
 * Repeats an operation in small batches, with a turn of the event loop in between.
 *
 * Without these turns the upstream would take the loop for a stall of this process: its time stands still then, decays are
 * never computed, and the figures flatter.
 */
import { setImmediate } from 'node:timers/promises'

/** Something measured. */
export interface Operation {
  /** Does it `count` times. */
  readonly batch: (count: number) => void
  /** How many make a few milliseconds of work: far below the 75 ms from which on time stands still, far above a turn of the loop. */
  readonly batchSize: number
}

/** Does the operation `count` times. */
export async function inBatches({ batch, batchSize }: Operation, count: number): Promise<void> {
  for (let done = 0; done < count; done += batchSize) {
    batch(Math.min(batchSize, count - done))
    await setImmediate()
  }
}

// Linux tells the CPU time of a thread in scheduler ticks of up to 4 ms. A window begins with a tick and ends with one, so what is
// uncertain is one batch in this many milliseconds: about 2 %.
const windowMs = 200

/**
 * CPU time of this thread in ns per operation, over a window. Time of the thread, as neighbours on the machine do not count; what the
 * garbage collector does on this thread does.
 */
export async function nanosecondsPerOperation({ batch, batchSize }: Operation): Promise<number> {
  const start = nextTick()
  let done = 0
  let elapsed = 0
  while (elapsed < windowMs * 1_000) {
    batch(batchSize)
    done += batchSize
    await setImmediate()
    elapsed = threadMicros() - start
  }
  return (elapsed * 1_000) / done
}

function nextTick(): number {
  const before = threadMicros()
  let now = before
  while (now === before) now = threadMicros()
  return now
}

function threadMicros(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
