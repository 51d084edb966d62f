/**
 * Trials for open peers that a load fears. Under power of two choices a peer that looks bad is not chosen, so nothing new is learnt of it and it
 * looks bad for ever. While what a load remembers of a peer is above twice the median, the peer is owed a trial from time to time.
 */

import { Column } from '../internal/column.ts'
import { medianOf, medianSampleSize } from '../internal/median.ts'
import type { Kit } from '../peers/kit.ts'
import type { Moment, PickMoment } from '../peers/moment.ts'
import type { Peer } from '../peers/peer.ts'
import type { Tracker } from '../peers/tracker.ts'
import type { Load } from './load.ts'
import type { Members } from './members.ts'

// Fear begins at this multiple of the median: below it power of two still sends the peer its smaller share.
const fearFactor = 2
// No peer is owed trials more often than this. In a quiet service with many feared peers that alone would turn most calls into trials, hence also the
// share below.
const minIntervalMs = 1_000
// At most one call in this many may be a trial, over all peers.
const callsPerTrial = 4
// A peer that does not answer its trials is tried ever more rarely, up to this.
const maxIntervalMs = 30_000
// How often the members are looked through, and how many at a time.
const sweepMs = 250
const peersPerSweep = 64

/** One per chooser whose load remembers. Told of picks by the chooser. */
export class Feared implements Tracker {
  readonly #kit: Kit
  readonly #load: Load
  readonly #members: Members
  /** When a trial was last owed, and the present interval, by row. */
  readonly #owedAt = new Column()
  readonly #intervalMs = new Column()
  readonly #scratch = new Float64Array(medianSampleSize)
  #sweptAt = Number.NEGATIVE_INFINITY
  #picks = 0
  #sampleFrom = 0
  #sweepFrom = 0

  constructor(kit: Kit, load: Load, members: Members) {
    this.#kit = kit
    this.#load = load
    this.#members = members
  }

  reset(peer: Peer): void {
    this.#owedAt.put(peer.row, Number.NEGATIVE_INFINITY)
    this.#intervalMs.put(peer.row, minIntervalMs)
  }

  answered(peer: Peer): void {
    this.#intervalMs.put(peer.row, minIntervalMs)
  }

  failed(peer: Peer): void {
    this.#intervalMs.put(peer.row, Math.min(this.#intervalMs.at(peer.row) * 2, maxIntervalMs))
  }

  picked(_peer: Peer, moment: PickMoment): void {
    const { now } = moment
    this.#picks++
    if (now - this.#sweptAt >= sweepMs) this.#sweep(moment)
  }

  #sweep(moment: Moment): void {
    const { now } = moment
    const elapsedMs = now - this.#sweptAt
    const { peers, size } = this.#members
    // Between two trials of one peer pass 4·n calls, at the rate that calls came with since the last sweep.
    const shareMs =
      elapsedMs < Number.POSITIVE_INFINITY ? (callsPerTrial * size * elapsedMs) / this.#picks : minIntervalMs
    this.#sweptAt = now
    this.#picks = 0
    if (size < 2) return
    const fear = this.#median(moment) * fearFactor
    for (let look = Math.min(size, peersPerSweep); look > 0; look--) {
      this.#sweepFrom = this.#sweepFrom + 1 < size ? this.#sweepFrom + 1 : 0
      const peer = peers[this.#sweepFrom] as Peer
      // A peer that has a call unanswered is being tried already.
      if (peer.silentSince < Number.POSITIVE_INFINITY || this.#remembered(peer, moment) <= fear) continue
      const interval = this.#intervalMs.at(peer.row)
      if (now - this.#owedAt.at(peer.row) < (interval > shareMs ? interval : shareMs)) continue
      this.#owedAt.put(peer.row, now)
      this.#kit.owe(peer)
    }
  }

  #median(moment: Moment): number {
    const { peers, size } = this.#members
    const count = Math.min(size, medianSampleSize)
    for (let index = 0; index < count; index++) {
      this.#sampleFrom = this.#sampleFrom + 1 < size ? this.#sampleFrom + 1 : 0
      this.#scratch[index] = this.#remembered(peers[this.#sampleFrom] as Peer, moment)
    }
    return medianOf(this.#scratch, count)
  }

  #remembered(peer: Peer, moment: Moment): number {
    return this.#load.remembered?.(peer, moment) ?? 0
  }
}
