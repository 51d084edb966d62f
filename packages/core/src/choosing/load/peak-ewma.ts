/**
 * Latency as a peak-sensitive moving average, aware of failures and of silence.
 *
 * - A sample above the decayed value replaces it, one below is averaged in (Finagle's `PeakEwma`, tower's `peak_ewma`).
 * - The value decays while nothing is heard, so an old verdict loses its weight.
 * - A failure counts as a long latency (Linkerd's failure-aware load, 2026), else a peer that fails fast would look attractive (law 9).
 * - The age of the oldest unanswered request is a sample too: silence is known before the time-out says so.
 * - Three answers in a row below half the value replace it: a healed peer is believed before the decay would believe it.
 * - A peer that was never measured starts from the median of the others and gets one call until it has answered.
 */
import type { Outcome, Verdict } from '../../calling/outcome.ts'
import { Column, IntegerColumn } from '../../internal/column.ts'
import { decay, decayCell } from '../../internal/decay.ts'
import { medianOf, medianSampleSize } from '../../internal/median.ts'
import { RowList } from '../../internal/row-list.ts'
import type { Moment, PickMoment } from '../../peers/moment.ts'
import type { Peer } from '../../peers/peer.ts'
import type { Load } from '../load.ts'

// What a failure costs: longer than any answer of a healthy service, so that a failing peer never looks fast (Linkerd: 5 s).
const failureMs = 5_000
// Below this a Node process measures its own event loop rather than the endpoint; it also keeps calls in flight visible at decayed values (Linkerd's floor).
const floorMs = 1
// What an unmeasured peer costs while nobody is measured: any number, since it is the same for all.
const seedMs = 1
// An unmeasured peer that has its one call is chosen again only if everybody is worse than this.
const awaitedFactor = 1_000_000
// Answers in a row below half the value that replace it.
const recoveryAnswers = 3
// The median of the others may be this old, in time and in samples: it is asked for newcomers only. In samples too, since the first answers of a process are
// its slowest, and a newcomer that starts from those of a moment ago would get nothing for that moment.
const medianAgeMs = 100
const medianAgeSamples = 16
// Cells of a comparison: the costs of the first and the second peer, and the time of both.
const firstCell = 0
const secondCell = 1
const nowCell = 2
// Cells of a sample: its milliseconds, its time, and what is left by then of the value before.
const sampleCell = 0
const sampledAtCell = 1
const factorCell = 2

/** One per upstream and decay time. */
export class PeakEwma implements Load {
  readonly name: string
  readonly #decayMs: number
  /** The average at the time of its last sample, NaN before the first, by row. */
  readonly #value = new Column()
  readonly #sampledAt = new Column()
  /** Answers in a row below half the value, and the largest of them, by row. */
  readonly #fast = new IntegerColumn()
  readonly #fastMax = new Column()
  readonly #measured = new RowList()
  readonly #scratch = new Float64Array(medianSampleSize)
  readonly #compared = new Float64Array(3)
  /** The sample to be taken. */
  readonly #sampled = new Float64Array(3)
  #median = seedMs
  #medianAt = Number.NEGATIVE_INFINITY
  #sinceMedian = 0
  #medianFrom = 0

  constructor(decayMs: number) {
    this.name = `peakEwma(${decayMs})`
    this.#decayMs = decayMs
  }

  cost(peer: Peer, moment: Moment): number {
    this.#compared[nowCell] = moment.now
    this.#weigh(peer, firstCell)
    return this.#compared[firstCell] as number
  }

  prefers(first: Peer, second: Peer, moment: Moment): boolean {
    this.#compared[nowCell] = moment.now
    this.#weigh(first, firstCell)
    this.#weigh(second, secondCell)
    return (this.#compared[firstCell] as number) <= (this.#compared[secondCell] as number)
  }

  remembered(peer: Peer, moment: Moment): number {
    this.#compared[nowCell] = moment.now
    this.#recall(peer, firstCell)
    return this.#compared[firstCell] as number
  }

  reset(peer: Peer): void {
    this.#value.put(peer.row, Number.NaN)
    this.#sampledAt.put(peer.row, 0)
    this.#fast.put(peer.row, 0)
    this.#fastMax.put(peer.row, 0)
    this.#measured.remove(peer)
  }

  left(peer: Peer): void {
    this.#measured.remove(peer)
  }

  answered(peer: Peer, verdict: Verdict, moment: PickMoment): void {
    if (verdict === 'cancelled') return
    this.#sampled[sampleCell] = verdict === 'good' ? moment.latencyMs : failureMs
    this.#sampled[sampledAtCell] = moment.now
    this.#sample(peer)
  }

  failed(peer: Peer, outcome: Outcome, moment: PickMoment): void {
    // The age of a body that was cut is the length of a stream, not a latency.
    const { ageMs } = moment
    this.#sampled[sampleCell] = outcome.fate !== 'answered' && ageMs > failureMs ? ageMs : failureMs
    this.#sampled[sampledAtCell] = moment.now
    this.#sample(peer)
  }

  settled(peer: Peer, outcome: Outcome, moment: PickMoment): void {
    // A call that was cancelled while it waited proves that the latency is at least its age; it proves nothing less.
    if (outcome.verdict !== 'cancelled' || outcome.fate === 'answered' || outcome.fault === 'caller') return
    const { ageMs, now } = moment
    if (!(ageMs > this.#decayed(peer.row, now))) return
    this.#sampled[sampleCell] = ageMs
    this.#sampled[sampledAtCell] = now
    this.#sample(peer)
  }

  // Here fractions are handed over in cells throughout. As arguments and results they cost an object each wherever V8 does not inline the call, and
  // whether it does depends on how many peers there are: with 100 it did, with 1,000 a choice cost 64 bytes.
  #weigh(peer: Peer, cell: number): void {
    const { row, inFlight, silentSince } = peer
    const cells = this.#compared
    this.#recall(peer, cell)
    // By silence, not by calls in flight: one whose trial is a stream has answered, and would get nothing else until the stream ends.
    const awaited =
      silentSince < Number.POSITIVE_INFINITY &&
      this.#measured.size > 0 &&
      Number.isNaN(this.#value.values[row] as number)
    cells[cell] = (cells[cell] as number) * (inFlight / peer.endpoint.weight + 1) * (awaited ? awaitedFactor : 1)
  }

  /** Leaves in a cell what is remembered of the peer. */
  #recall(peer: Peer, cell: number): void {
    const { row, silentSince } = peer
    const cells = this.#compared
    const now = cells[nowCell] as number
    const value = this.#value.values[row] as number
    cells[cell] = (now - (this.#sampledAt.values[row] as number)) / this.#decayMs
    decayCell(cells, cell)
    const known = Number.isNaN(value) ? this.#median : value * (cells[cell] as number)
    const silence = now - silentSince
    const latency = silence > known ? silence : known
    cells[cell] = latency > floorMs ? latency : floorMs
  }

  #decayed(row: number, now: number): number {
    const value = this.#value.at(row)
    return Number.isNaN(value) ? 0 : value * decay((now - this.#sampledAt.at(row)) / this.#decayMs)
  }

  // Reads and writes cells throughout: the calls of a column, where they are not inlined, would cost objects.
  #sample(peer: Peer): void {
    const { row } = peer
    const sampleMs = this.#sampled[sampleCell] as number
    const now = this.#sampled[sampledAtCell] as number
    const values = this.#value.values
    const times = this.#sampledAt.values
    // Not only at the first sample: a peer that left and came back as itself keeps its value.
    this.#measured.add(peer)
    const before = values[row] as number
    this.#sampled[factorCell] = (now - (times[row] as number)) / this.#decayMs
    decayCell(this.#sampled, factorCell)
    const factor = this.#sampled[factorCell] as number
    const decayed = Number.isNaN(before) ? 0 : before * factor
    values[row] = sampleMs >= decayed ? sampleMs : decayed + sampleMs * (1 - factor)
    times[row] = now
    if (sampleMs < decayed / 2) this.#recover(row)
    else this.#fast.put(row, 0)
    if (++this.#sinceMedian >= medianAgeSamples || now - this.#medianAt >= medianAgeMs) this.#takeMedian(now)
  }

  /** An answer below half the value. */
  #recover(row: number): void {
    const sampleMs = this.#sampled[sampleCell] as number
    const largest = this.#fastMax.values
    const fast = this.#fast.at(row) + 1
    if (fast === 1 || sampleMs > (largest[row] as number)) largest[row] = sampleMs
    if (fast >= recoveryAnswers) this.#value.values[row] = largest[row] as number
    this.#fast.put(row, fast >= recoveryAnswers ? 0 : fast)
  }

  #takeMedian(now: number): void {
    const { peers } = this.#measured
    const count = Math.min(peers.length, medianSampleSize)
    // The sample walks on through the list, so that a large set is covered in turn.
    for (let index = 0; index < count; index++) {
      this.#medianFrom = this.#medianFrom + 1 < peers.length ? this.#medianFrom + 1 : 0
      this.#scratch[index] = this.#decayed((peers[this.#medianFrom] as Peer).row, now)
    }
    this.#median = medianOf(this.#scratch, count)
    this.#medianAt = now
    this.#sinceMedian = 0
  }
}
