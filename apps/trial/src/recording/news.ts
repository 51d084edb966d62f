/**
 * How long it took from a slice to requests: the first one to a pod that became ready, and the last one to a pod that was to get none any more.
 */
import { type AttemptRecord, isIn, ratioOf, type Stretch } from './recording.ts'
import type { TruthState } from './truth.ts'

/** Times of one kind in a stretch. */
export interface NewsTimes {
  /** Changes of slices. */
  readonly pods: number
  /** Of them without a request that counts. */
  readonly without: number
  /** Milliseconds; null for none. */
  readonly median: number | null
  readonly longest: number | null
}

/** All of a stretch. */
export interface News {
  /** From the slice in which a pod is ready to the first request that is sent to it. */
  readonly arrived: NewsTimes
  /** From the slice in which a pod terminates to the last request that is sent to it; 0 for none. */
  readonly leaving: NewsTimes
  /** The same for pods that vanish or are unready without terminating. */
  readonly vanished: NewsTimes
}

// Both watches hear of a write from the same server; ours may be the first by a moment, and it is not told more than this late.
const aheadMs = 250

interface Turn {
  readonly at: number
  /** When the pod turns again. */
  readonly until: number
  readonly address: string
  readonly kind: 'arrived' | 'leaving' | 'vanished'
}

/** The news of a stretch, from all states since before it. */
export function newsOf(states: readonly TruthState[], attempts: readonly AttemptRecord[], stretch: Stretch): News {
  const turns = turnsIn(states, stretch)
  const times: Record<Turn['kind'], (number | undefined)[]> = { arrived: [], leaving: [], vanished: [] }
  for (const turn of turns) {
    const { at, until, address, kind } = turn
    const those = attempts.filter((one) => one.address === address)
    if (kind === 'arrived') {
      const first = those.find((one) => isIn(one, { from: at - aheadMs, to: until }))
      times.arrived.push(first === undefined ? undefined : Math.max(0, first.at - at))
    } else {
      // A pod that is short of time may see a call late that began before it left.
      const began = those
        .map((one) => one.beganAt ?? one.at)
        .filter((time) => isIn({ at: time }, { from: at, to: until }))
      times[kind].push(began.reduce((last, time) => Math.max(last, time - at), 0))
    }
  }
  return { arrived: timesOf(times.arrived), leaving: timesOf(times.leaving), vanished: timesOf(times.vanished) }
}

function turnsIn(states: readonly TruthState[], stretch: Stretch): readonly Turn[] {
  const turns: { at: number; until: number; address: string; kind: Turn['kind'] }[] = []
  let before: TruthState['pods'] | undefined
  for (const { at, pods } of states) {
    for (const address of new Set([...pods.keys(), ...(before?.keys() ?? [])])) {
      const [was, is] = [before?.get(address), pods.get(address)]
      if (before === undefined || (was === 'ready') === (is === 'ready')) continue
      for (const turn of turns) if (turn.address === address) turn.until = Math.min(turn.until, at)
      const kind = is === 'ready' ? 'arrived' : is === 'terminating' ? 'leaving' : 'vanished'
      turns.push({ at, until: stretch.to, address, kind })
    }
    before = pods
  }
  return turns.filter((turn) => isIn(turn, stretch))
}

function timesOf(all: readonly (number | undefined)[]): NewsTimes {
  const times = all.filter((one) => one !== undefined)
  return {
    pods: all.length,
    without: all.length - times.length,
    median: ratioOf(times, 0.5),
    longest: ratioOf(times, 1),
  }
}
