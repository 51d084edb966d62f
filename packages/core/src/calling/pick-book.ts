/**
 * The account of all open picks of an upstream: in flight and silence per peer, times per pick, and who hears of them.
 * Times stand in columns by slot and the unanswered picks of a peer form a list through the columns, so a pick is one small object.
 */
import type { AwakeTime } from '../awake-time.ts'
import { events } from '../events.ts'
import { Column, IntegerColumn } from '../internal/column.ts'
import { EventMoment } from '../peers/moment.ts'
import type { LivePeer } from '../peers/peer.ts'
import type { Tracker } from '../peers/tracker.ts'
import type { Outcome, Verdict } from './outcome.ts'
import { OpenPick, progress } from './pick.ts'

/** What a trial taught. `none`: its caller went away first. */
export type TrialResult = 'good' | 'bad' | 'none'

/** What the upstream does when a pick moves on, besides telling the trackers. */
export interface PickBookOwner {
  /** The pick was a trial, and now its result is known. */
  trialEnded(peer: LivePeer, result: TrialResult): void
  /** A pick was settled: there is room on the peer, and its row may be free. */
  settled(peer: LivePeer): void
  /** A pick is over, with its outcome and age; called only when somebody listens for attempts. */
  ended(peer: LivePeer, outcome: Outcome, ageMs: number): void
}

/** One per upstream. */
export class PickBook {
  readonly #awake: AwakeTime
  readonly #owner: PickBookOwner
  // Replaced, never changed: who hears an event may make trackers come and go, and the others must still hear it once.
  #picked: readonly Tracker[] = []
  #answered: readonly Tracker[] = []
  #failed: readonly Tracker[] = []
  #settled: readonly Tracker[] = []
  // Read and written without their methods: a fraction that is passed or returned may cost an object.
  readonly #pickedAt = new Column()
  readonly #startedAt = new Column()
  readonly #older = new IntegerColumn()
  readonly #newer = new IntegerColumn()
  readonly #trial = new IntegerColumn()
  readonly #freeSlots: number[] = []
  // Guards may let a waiting call pick at once, which is another event: whoever reads the moment is told before them.
  readonly #moment = new EventMoment()
  #slots = 0
  /** Picks not yet settled. */
  open = 0

  constructor(awake: AwakeTime, owner: PickBookOwner) {
    this.#awake = awake
    this.#owner = owner
  }

  /**
   * From now on the tracker hears of every pick. Each event has its own list, so that nobody is asked in vain. Guards hear last: what they do about it may
   * be another event already.
   */
  add(tracker: Tracker, place: 'first' | 'last'): void {
    const put = (list: readonly Tracker[]): readonly Tracker[] =>
      place === 'first' ? [tracker, ...list] : [...list, tracker]
    if (tracker.picked !== undefined) this.#picked = put(this.#picked)
    if (tracker.answered !== undefined) this.#answered = put(this.#answered)
    if (tracker.failed !== undefined) this.#failed = put(this.#failed)
    if (tracker.settled !== undefined) this.#settled = put(this.#settled)
  }

  remove(tracker: Tracker): void {
    const without = (list: readonly Tracker[]): readonly Tracker[] => list.filter((other) => other !== tracker)
    this.#picked = without(this.#picked)
    this.#answered = without(this.#answered)
    this.#failed = without(this.#failed)
    this.#settled = without(this.#settled)
  }

  /** Reserves a place on the peer, at the time that was last read. `trial` is 1 for a trial, else 0. */
  reserve(peer: LivePeer, trial: 0 | 1): OpenPick {
    const now = this.#awake.last.now
    const slot = this.#freeSlots.pop() ?? this.#slots++
    this.#pickedAt.reach(slot)
    this.#startedAt.reach(slot)
    this.#pickedAt.values[slot] = now
    this.#startedAt.values[slot] = now
    this.#trial.put(slot, trial)
    this.#append(peer, slot)
    this.open++
    peer.inFlight++
    this.#awake.begin()
    const { cells } = this.#moment
    cells[0] = now
    cells[1] = now
    for (const tracker of this.#picked) tracker.picked?.(peer, this.#moment)
    return new OpenPick(peer, slot, this)
  }

  start(pick: OpenPick): void {
    pick.progress = progress.started
    this.#awake.read()
    this.#startedAt.values[pick.slot] = this.#awake.last.now
  }

  answer(pick: OpenPick, verdict: Verdict): void {
    const { peer, slot } = pick
    this.#awake.read()
    const now = this.#awake.last.now
    pick.progress = verdict === 'good' ? progress.answeredGood : progress.answeredOther
    this.#unlink(peer, slot)
    peer.lastHeadAt = now
    this.#setSilence(peer)
    this.#awake.end()
    // A good trial makes everybody forget; what it measured is then the first thing they learn.
    if (verdict !== 'cancelled') this.#endTrial(peer, slot, verdict === 'good' ? 'good' : 'bad')
    if (peer.gone) return
    const { cells } = this.#moment
    cells[0] = now
    cells[1] = this.#startedAt.values[slot] as number
    for (const tracker of this.#answered) tracker.answered?.(peer, verdict, this.#moment)
  }

  settle(pick: OpenPick, outcome: Outcome): void {
    // An answer that nobody announced is announced first, so that every tracker hears of its head.
    if (outcome.fate === 'answered' && pick.progress < progress.answeredGood) this.answer(pick, outcome.verdict)
    const { peer, slot } = pick
    this.#awake.read()
    const now = this.#awake.last.now
    const pickedAt = this.#pickedAt.values[slot] as number
    const headless = pick.progress < progress.answeredGood
    // A bad verdict after a good head is a body that was cut; after a bad head it has been heard already.
    const failed = isFailure(outcome) && pick.progress <= progress.answeredGood
    pick.progress = progress.settled
    if (headless) {
      this.#unlink(peer, slot)
      this.#setSilence(peer)
      this.#awake.end()
    }
    this.open--
    peer.inFlight--
    // Trackers let go of a peer when it left: what they learnt now would be kept for ever.
    if (!peer.gone) {
      const { cells } = this.#moment
      cells[0] = now
      cells[1] = pickedAt
      if (failed) for (const tracker of this.#failed) tracker.failed?.(peer, outcome, this.#moment)
      cells[0] = now
      cells[1] = pickedAt
      for (const tracker of this.#settled) tracker.settled?.(peer, outcome, this.#moment)
    }
    this.#endTrial(peer, slot, failed ? 'bad' : 'none')
    this.#freeSlots.push(slot)
    if (events.attempt.hasSubscribers) this.#owner.ended(peer, outcome, now - pickedAt)
    this.#owner.settled(peer)
  }

  /** Awake milliseconds since the pick was made. */
  ageMs(pick: OpenPick): number {
    return this.#awake.now() - this.#pickedAt.at(pick.slot)
  }

  #endTrial(peer: LivePeer, slot: number, result: TrialResult): void {
    if (this.#trial.at(slot) === 0) return
    this.#trial.put(slot, 0)
    this.#owner.trialEnded(peer, result)
  }

  #append(peer: LivePeer, slot: number): void {
    this.#older.put(slot, peer.newestSlot)
    this.#newer.put(slot, -1)
    if (peer.newestSlot >= 0) this.#newer.put(peer.newestSlot, slot)
    else {
      peer.oldestSlot = slot
      peer.silentSince = this.#pickedAt.values[slot] as number
    }
    peer.newestSlot = slot
  }

  #unlink(peer: LivePeer, slot: number): void {
    const older = this.#older.at(slot)
    const newer = this.#newer.at(slot)
    if (older >= 0) this.#newer.put(older, newer)
    else peer.oldestSlot = newer
    if (newer >= 0) this.#older.put(newer, older)
    else peer.newestSlot = older
  }

  #setSilence(peer: LivePeer): void {
    if (peer.oldestSlot < 0) {
      peer.silentSince = Number.POSITIVE_INFINITY
      return
    }
    const oldest = this.#pickedAt.values[peer.oldestSlot] as number
    peer.silentSince = oldest > peer.lastHeadAt ? oldest : peer.lastHeadAt
  }
}

function isFailure(outcome: Outcome): boolean {
  return outcome.verdict === 'bad' || outcome.verdict === 'overloaded'
}
