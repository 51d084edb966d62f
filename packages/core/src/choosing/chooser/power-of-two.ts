/**
 * Two peers drawn by weight, without replacement; the cheaper one is taken (Mitzenmacher 2001; without replacement as in Finagle and tower, so that
 * the one busy peer among idle ones gets nothing, where drawing with replacement gives it 1/n²).
 */
import type { Call } from '../../calling/call.ts'
import type { Kit } from '../../peers/kit.ts'
import type { Moment } from '../../peers/moment.ts'
import type { Peer } from '../../peers/peer.ts'
import type { Chooser } from '../chooser.ts'
import { Comparing } from '../comparing.ts'
import type { Load } from '../load.ts'
import { eligible } from './eligible.ts'

// A pair of which neither is eligible is drawn again this many times; beyond it the balancer's scan is cheaper.
const maxPairs = 4

/** Compares two at a time: flat in the number of peers. */
export function powerOfTwoChooser(kit: Kit, load: Load): Chooser {
  return new PowerOfTwo(kit, load)
}

class PowerOfTwo extends Comparing {
  choose(call: Call, moment: Moment): Peer | undefined {
    const { members, kit } = this
    const { peers, size } = members
    if (size < 2) return size === 1 && eligible(peers[0] as Peer, call) ? peers[0] : undefined
    for (let pair = 0; pair < maxPairs; pair++) {
      const firstIndex = members.draw(kit.random, -1)
      const first = peers[firstIndex] as Peer
      const second = peers[members.draw(kit.random, firstIndex)] as Peer
      if (!eligible(first, call)) {
        if (eligible(second, call)) return second
      } else if (!eligible(second, call)) return first
      else return this.prefers(first, second, moment) ? first : second
    }
    return undefined
  }
}
