/**
 * Who of the tier may be picked right now, by the standings that the peers show. The answer of `pick` is judged by it.
 */
import type { Answer, Call, Peer, UpstreamInspection } from '@evenkeel/core'
import { holds } from '../law.ts'
import { type HistoryModel, type Incarnation, name } from './history-model.ts'
import { maxInFlightPerPeer } from './history-world.ts'

/** Numbers of peers; room means below the limit. */
export class HistoryCensus {
  size = 0
  open = 0
  shut = 0
  leaving = 0
  openWithRoom = 0
  shutWithRoom = 0
  leavingWithRoom = 0
  openUntriedWithRoom = 0

  /** Counts anew: the tier for the rules about votes, those in reach for a call. */
  take(members: readonly Incarnation[], tried: readonly Peer[]): void {
    this.size = members.length
    this.open = this.shut = this.leaving = 0
    this.openWithRoom = this.shutWithRoom = this.leavingWithRoom = this.openUntriedWithRoom = 0
    for (const { peer, inFlight } of members) {
      const room = inFlight < maxInFlightPerPeer ? 1 : 0
      if (peer.standing === 'open') {
        this.open++
        this.openWithRoom += room
        if (room === 1 && !tried.includes(peer)) this.openUntriedWithRoom++
      } else if (peer.standing === 'shut') {
        this.shut++
        this.shutWithRoom += room
      } else {
        this.leaving++
        this.leavingWithRoom += room
      }
    }
  }

  /** Peers that a call may be given: the open ones if there are any, else the others. */
  get room(): number {
    return this.open > 0 ? this.openWithRoom : this.shutWithRoom + this.leavingWithRoom
  }

  /** Law 8: opinions shut at most half of the tier and never its last open peer; of two or more one may be shut. */
  checkCap(): void {
    const { size, open, shut } = this
    const most = size < 2 ? 0 : Math.max(1, Math.floor(size / 2))
    holds(8, shut <= most, () => `opinions shut ${shut} of ${size} peers`)
    holds(8, shut === 0 || open > 0, () => `opinions shut the last open peer of ${size}`)
  }

  /** Law 8, exactly: as many opinions count as may. */
  checkOpinions(model: HistoryModel, inspection: UpstreamInspection): void {
    const spokenAgainst = new Set(inspection.peers.filter(({ why }) => why.length > 0).map(({ locator }) => locator))
    const opinions = model.tier.filter(
      ({ peer }) => peer.standing !== 'leaving' && spokenAgainst.has(peer.endpoint.locator),
    ).length
    const cap =
      this.size < 2 ? 0 : Math.max(0, Math.min(Math.max(1, Math.floor(this.size / 2)), this.size - this.leaving - 1))
    holds(
      8,
      this.shut === Math.min(opinions, cap),
      () =>
        `${opinions} opinions shut ${this.shut} of ${this.size} peers, ${this.leaving} leaving (expected: ${Math.min(opinions, cap)})`,
    )
  }

  /** Laws 1, 6 and 8 for a peer that was given. `trial`: whether it is being tried, asked only where that explains it. */
  checkPeer(peer: Peer, inFlight: number, call: Call, trial: () => boolean): void {
    holds(8, inFlight < maxInFlightPerPeer, () => `${name(peer)} is picked though it is full`)
    holds(
      6,
      this.openUntriedWithRoom === 0 || !call.tried.includes(peer),
      () => `${name(peer)} was tried and is picked again with ${this.openUntriedWithRoom} untried open peers left`,
    )
    const better = peer.standing === 'open' ? 0 : peer.standing === 'shut' ? this.open : this.open + this.shutWithRoom
    if (better > 0) {
      const free = call.tried.length === 0 && call.hashKey === undefined
      holds(
        8,
        free && trial(),
        () => `${name(peer)} is ${peer.standing} and is picked, without a trial, before ${better} better ones`,
      )
    }
  }

  /** Laws 1 and 6 for an answer without a peer: there was nobody. */
  checkNobody(answer: Exclude<Answer, { readonly kind: 'pick' }>, call: Call, now: number): void {
    const { room } = this
    const law = call.tried.length > 0 ? 6 : 1
    holds(law, room === 0, () => `nobody is picked (${answer.kind}) though ${room} peers have room`)
    const late = call.deadline <= now
    if (answer.kind === 'wait') holds(1, !late, () => 'a call whose time is over is told to wait')
    else if (this.size > 0)
      holds(1, late && answer.reason === 'deadline', () => `refused (${answer.reason}), not waiting`)
  }
}
