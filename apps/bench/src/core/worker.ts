/**
 * One measurement of core in a process of its own: no measurement sees what another made the compiler believe. Not even one of another size: code
 * that was compiled for 100 peers and then kept was seen to allocate nothing among 10,000, where code compiled there did.
 */
import { answerParent } from '../child.ts'
import { measureAllocation } from './allocation.ts'
import { measureChanges } from './changes.ts'
import { measureSpeed } from './speed.ts'
import type { PolicyName } from './subject.ts'

/** What a worker is asked. */
export interface Task {
  readonly question: 'changes' | 'allocation' | 'speed'
  readonly policy: PolicyName
  readonly peers: number
}

const questions: Readonly<Record<Task['question'], (policy: PolicyName, peers: number) => Promise<unknown>>> = {
  changes: measureChanges,
  allocation: measureAllocation,
  speed: measureSpeed,
}

await answerParent(({ question, policy, peers }: Task) => questions[question](policy, peers))
