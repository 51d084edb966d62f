/**
 * What an upstream lends to a policy or a guard, for tests that have no upstream.
 */
import type { Kit } from '../index.ts'
import { fakeClock } from './fake-clock.ts'
import { seededRandom } from './seeded-random.ts'

/**
 * A kit that shares nothing: every load and every fact is made anew.
 *
 * @param parts What the test wants to hold itself. By default a fake clock, random numbers of seed 1, and trials that nobody notes.
 */
export function policyKit(parts: Partial<Pick<Kit, 'clock' | 'random' | 'owe'>> = {}): Kit {
  const { clock = fakeClock(), random = seededRandom(1), owe = () => {} } = parts
  return { clock, random, owe, load: (_name, make) => make(), shared: (_uid, _name, make) => make() }
}
