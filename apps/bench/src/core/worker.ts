/**
 * One measurement of core in a process of its own: no measurement sees what another made the compiler believe.
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
}

const questions: Readonly<Record<Task['question'], (policy: PolicyName) => Promise<unknown>>> = {
  changes: measureChanges,
  allocation: measureAllocation,
  speed: measureSpeed,
}

await answerParent(({ question, policy }: Task) => questions[question](policy))
