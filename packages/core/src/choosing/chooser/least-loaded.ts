/**
 * The cheapest of all, ties decided by a fair draw (reservoir). Linear in the number of peers: for small sets of expensive calls.
 */
import type { Call } from '../../calling/call.ts'
import type { Kit } from '../../peers/kit.ts'
import type { Moment } from '../../peers/moment.ts'
import type { Peer } from '../../peers/peer.ts'
import type { Chooser } from '../chooser.ts'
import { Comparing } from '../comparing.ts'
import type { Load } from '../load.ts'
import { eligible } from './eligible.ts'

/** Compares all (Envoy's FULL_SCAN). */
export function leastLoadedChooser(kit: Kit, load: Load): Chooser {
  return new LeastLoaded(kit, load)
}

class LeastLoaded extends Comparing {
  choose(call: Call, moment: Moment): Peer | undefined {
    const { peers } = this.members
    let best: Peer | undefined
    let ties = 0
    for (const peer of peers) {
      if (!eligible(peer, call)) continue
      if (best !== undefined && !this.prefers(peer, best, moment)) continue
      ties = best !== undefined && this.prefers(best, peer, moment) ? ties + 1 : 1
      // The k-th of equal ones replaces the earlier with chance 1/k, so that each ends up with the same chance.
      if (ties === 1 || this.kit.random.below(ties) === 0) best = peer
    }
    return best
  }
}
