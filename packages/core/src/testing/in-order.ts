/**
 * A policy for tests that must know who is next.
 */
import { eligible } from '../choosing/chooser/eligible.ts'
import type { Chooser } from '../choosing/chooser.ts'
import type { Policy } from '../choosing/policy.ts'
import type { Peer } from '../peers/peer.ts'

/** The first open peer, in the order in which they joined, that has room and was not tried. */
export function inOrder(): Policy {
  return { name: 'inOrder', open: () => new InOrder() }
}

class InOrder implements Chooser {
  readonly #peers: Peer[] = []

  join(peer: Peer): void {
    this.#peers.push(peer)
  }

  alter(): void {}

  leave(peer: Peer): void {
    this.#peers.splice(this.#peers.indexOf(peer), 1)
  }

  flush(): void {}

  choose(call: Parameters<Chooser['choose']>[0]): Peer | undefined {
    return this.#peers.find((peer) => eligible(peer, call))
  }
}
