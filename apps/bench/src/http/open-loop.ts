/**
 * An open loop: requests leave when the schedule says so, whether or not earlier ones have been answered, as callers of a service do. Latency counts
 * from the scheduled time, so that a sender that is held up does not hide it (coordinated omission, Tene 2013).
 */
import type { Random } from '@evenkeel/core'
import type { Variant } from './variants.ts'

/** What became of one request. */
export interface Sample {
  /** Scheduled time, in ms since the loop began. */
  readonly dueMs: number
  /** How late it was handed to the dispatcher: the sender's own part. */
  readonly lateMs: number
  /** From the scheduled time to the end of the answer. */
  readonly latencyMs: number
  /** The body of the answer; undefined if the request failed, got another status than 200, or no answer in time. */
  readonly body: string | undefined
}

/** Seeded Poisson arrivals: the same seed gives every variant and every round the same times, in ms. */
export function poissonArrivals(
  { perSecond, untilMs }: { readonly perSecond: number; readonly untilMs: number },
  random: Random,
): readonly number[] {
  const arrivals: number[] = []
  let now = 0
  for (;;) {
    now -= (Math.log(1 - random.next()) * 1_000) / perSecond
    if (now >= untilMs) return arrivals
    arrivals.push(now)
  }
}

/** Sends all, and waits for the answers until `patienceMs` after the last was sent. */
export async function openLoop(
  variant: Variant,
  arrivals: readonly number[],
  patienceMs: number,
): Promise<readonly Sample[]> {
  const samples: (Sample | undefined)[] = arrivals.map(() => undefined)
  const start = performance.now()
  const answers: Promise<void>[] = []
  for (const [index, dueMs] of arrivals.entries()) {
    // Timers are a millisecond coarse; what is due meanwhile leaves together, and the wait is part of every variant's latency.
    while (performance.now() - start < dueMs) await pause(Math.max(1, dueMs - (performance.now() - start)))
    const lateMs = performance.now() - start - dueMs
    answers.push(
      send(variant).then((body) => {
        samples[index] = { dueMs, lateMs, latencyMs: performance.now() - start - dueMs, body }
      }),
    )
  }
  await Promise.race([Promise.all(answers), pause(patienceMs)])
  const end = performance.now() - start
  return samples.map((one, index) => {
    const dueMs = arrivals[index] as number
    return one ?? { dueMs, lateMs: 0, latencyMs: end - dueMs, body: undefined }
  })
}

/** The body of the answer, or undefined. Never rejects. */
function send(variant: Variant): Promise<string | undefined> {
  return new Promise((resolve) => {
    let ok = false
    let body = ''
    variant.dispatch(
      { path: '/', method: 'GET' },
      {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          ok = status === 200
        },
        onResponseData(_controller, chunk) {
          body += chunk.toString('latin1')
        },
        onResponseEnd: () => resolve(ok ? body : undefined),
        onResponseError: () => resolve(undefined),
      },
    )
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
