/**
 * Fact: a server that said it is going away is leaving, whatever discovery still says. Node shutdown and eviction may stop a process while no
 * slice changes at all (kubernetes/kubernetes#124648), so the sign in an answer is the only one in time. The mark clears when discovery writes
 * the endpoint anew, or by a good trial. It is a fact about the pod: all targets of one `upstreams(...)` share it by UID.
 */
import type { Outcome, Verdict } from '../../calling/outcome.ts'
import { invalidOption } from '../../errors.ts'
import type { Guard, GuardFactory } from '../guard.ts'
import type { Kit } from '../kit.ts'
import type { Peer } from '../peer.ts'
import type { Votes } from '../standing.ts'

/** Options of `drainMark`. */
export interface DrainMarkOptions {
  /**
   * After this long the peer is owed a trial, and again after each that fails. A drained process is usually gone by then, and a refused trial
   * costs the caller nothing.
   * @defaultValue 10000
   */
  readonly trialMs?: number
}

/** Makes a peer leaving as soon as an outcome says so. */
export function drainMark(options: DrainMarkOptions = {}): GuardFactory {
  const { trialMs = 10_000 } = options
  if (!(trialMs > 0)) throw invalidOption('trialMs', trialMs, '> 0')
  return (kit, votes) => new DrainMark(kit, votes, trialMs)
}

/** What the targets share about one pod: its peers, each with the guard of its target. A sign from one of them is about all. */
type Pod = PodPeer[]

interface PodPeer {
  readonly guard: DrainMark
  readonly peer: Peer
  readonly pod: Pod
}

class DrainMark implements Guard {
  readonly name = 'drain-mark'
  readonly speaks = 'fact'
  readonly #kit: Kit
  readonly #votes: Votes
  readonly #trialMs: number
  /** Who is marked, with the timer of the next trial. It stays after it has fired: the mark does. */
  readonly #timers = new Map<Peer, Disposable>()
  /** By row: each change of a peer comes here, and a map of peers would cost more than the change. */
  readonly #podPeers: (PodPeer | undefined)[] = []

  constructor(kit: Kit, votes: Votes, trialMs: number) {
    this.#kit = kit
    this.#votes = votes
    this.#trialMs = trialMs
  }

  reset(peer: Peer): void {
    this.#clear(peer)
    this.#subscribe(peer)
  }

  altered(peer: Peer): void {
    this.#clear(peer)
    this.#subscribe(peer)
  }

  left(peer: Peer): void {
    this.#timers.get(peer)?.[Symbol.dispose]()
    this.#timers.delete(peer)
    const podPeer = this.#podPeers[peer.row]
    if (podPeer === undefined) return
    podPeer.pod.splice(podPeer.pod.indexOf(podPeer), 1)
    this.#podPeers[peer.row] = undefined
  }

  // A trial that failed, whichever way: the next one is due after another while.
  answered(peer: Peer, verdict: Verdict): void {
    if (verdict !== 'good' && this.#timers.has(peer)) this.#mark(peer)
  }

  failed(peer: Peer): void {
    if (this.#timers.has(peer)) this.#mark(peer)
  }

  settled(peer: Peer, outcome: Outcome): void {
    if (!outcome.leaving) return
    const podPeer = this.#podPeers[peer.row]
    if (podPeer === undefined) this.#mark(peer)
    else for (const other of [...podPeer.pod]) other.guard.#mark(other.peer)
  }

  [Symbol.dispose](): void {
    for (const podPeer of this.#podPeers) if (podPeer !== undefined) this.left(podPeer.peer)
    for (const peer of [...this.#timers.keys()]) this.left(peer)
  }

  #mark(peer: Peer): void {
    this.#timers.get(peer)?.[Symbol.dispose]()
    this.#timers.set(
      peer,
      this.#kit.clock.after(this.#trialMs, () => this.#votes.owe(peer)),
    )
    this.#votes.say(this, peer, 'leaving')
  }

  #clear(peer: Peer): void {
    const timer = this.#timers.get(peer)
    if (timer === undefined) return
    timer[Symbol.dispose]()
    this.#timers.delete(peer)
    this.#votes.say(this, peer, 'open')
  }

  #subscribe(peer: Peer): void {
    const { uid } = peer.endpoint
    if (uid === undefined || this.#podPeers[peer.row] !== undefined) return
    const pod = this.#kit.shared(uid, 'drain-mark', newPod)
    const podPeer = { guard: this, peer, pod }
    pod.push(podPeer)
    this.#podPeers[peer.row] = podPeer
  }
}

function newPod(): Pod {
  return []
}
