/**
 * Listens to what a guard says: an opinion shuts or opens, a fact makes leaving or opens, and each speaks for itself.
 */
import type { Guard, GuardFactory, Standing } from '@evenkeel/core'
import { holds } from '../law.ts'

/** The same guard, listened to. */
export function speakingProperly(make: GuardFactory): GuardFactory {
  return (kit, votes) => {
    const guard: Guard = make(kit, {
      say: (speaker, peer, standing) => {
        holds(8, speaker === guard, () => `${guard.name} speaks for ${speaker.name}`)
        const worst: Standing = guard.speaks === 'opinion' ? 'shut' : 'leaving'
        holds(
          8,
          standing === 'open' || standing === worst,
          () => `a guard that speaks ${guard.speaks}s says ${standing}`,
        )
        votes.say(speaker, peer, standing)
      },
      owe: (peer) => votes.owe(peer),
    })
    return guard
  }
}
