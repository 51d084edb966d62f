/**
 * A draw by weight. It favours nobody next to a peer that failed, which round robin does.
 */
import type { Call } from '../../calling/call.ts'
import type { Kit } from '../../peers/kit.ts'
import type { Peer } from '../../peers/peer.ts'
import type { Random } from '../../random.ts'
import type { Chooser } from '../chooser.ts'
import { byWeight, Members } from '../members.ts'
import { eligible } from './eligible.ts'

// Each draw finds one that is full or tried with at most the share of such peers; beyond this the balancer's scan is cheaper.
const maxDraws = 8

/** Draws by weight times share. */
export function randomChooser(kit: Kit): Chooser {
  return new Draw(kit.random)
}

class Draw implements Chooser {
  readonly #random: Random
  readonly #members = new Members(byWeight)

  constructor(random: Random) {
    this.#random = random
  }

  join(peer: Peer, share: number): void {
    this.#members.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    this.#members.alter(peer, share)
  }

  leave(peer: Peer): void {
    this.#members.leave(peer)
  }

  flush(): void {}

  choose(call: Call): Peer | undefined {
    const members = this.#members
    if (members.size === 0) return undefined
    for (let draw = 0; draw < maxDraws; draw++) {
      const peer = members.peers[members.draw(this.#random, -1)] as Peer
      if (eligible(peer, call)) return peer
    }
    return undefined
  }
}
