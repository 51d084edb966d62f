/**
 * One measurement of the resolver in a process of its own.
 */
import { answerParent } from '../child.ts'
import { measureChange } from './change.ts'
import { type ClientName, measureClient } from './client.ts'
import { measureMemory } from './memory.ts'
import type { Served } from './server.ts'
import { measureUsable } from './usable.ts'

/** What a worker is asked. */
export type Task =
  | { readonly question: 'usable' | 'change' | 'memory' }
  | { readonly question: 'client'; readonly client: ClientName; readonly served: Served }

await answerParent((task: Task): Promise<unknown> => {
  switch (task.question) {
    case 'usable':
      return measureUsable()
    case 'change':
      return measureChange()
    case 'memory':
      return measureMemory()
    case 'client':
      return measureClient(task.client, task.served)
  }
})
