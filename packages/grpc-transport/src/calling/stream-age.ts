/**
 * Slow rebalancing: streams stay where they were opened, so a pod that comes later gets none of them. With an age, they are ended by and by, and their callers
 * open them again where it is best then. Jittered, so that streams that were opened together do not come back together.
 */
import type { Settings } from '../options.ts'

/** What ages. */
export interface Aging {
  /** It is old. */
  age(details: string): void
}

// Ages between 80 % and 120 %.
const jitter = 0.4

/** Ends the stream when it is old, unless the answer is disposed before. */
export function ageLater(stream: Aging, ageMs: number, { clock, random }: Settings): Disposable {
  const ms = ageMs * (1 - jitter / 2 + jitter * random.next())
  return clock.after(ms, () => stream.age(`the stream is older than ${Math.round(ms)} ms: open it again`))
}
