/**
 * A dispatcher per request is the usual mistake: each has connections of its own, so nothing is reused and nothing is learnt. It is told once per target.
 */
import type { Service } from './exchange/service.ts'

// Dispatchers of one target in one process before it is said; tests and a few modules make some.
const maxDispatchers = 20
// Targets that are counted; beyond it counting starts afresh.
const maxTargets = 100

// The only module state of the package: the mistake cannot be seen from inside one dispatcher.
const made = new Map<string, number>()

/** Counts a new dispatcher of the service; pools that share a name are told apart by their label. */
export function countDispatcher(service: Service, label = ''): void {
  const target = `${service.upstream.service} ${label}`.trimEnd()
  if (made.size >= maxTargets && !made.has(target)) made.clear()
  const count = (made.get(target) ?? 0) + 1
  made.set(target, count)
  if (count !== maxDispatchers) return
  service.warn(
    'EVENKEEL_SHORT_LIVED',
    `${count} dispatchers were made for ${target} in this process: make one and keep it, else no connection is reused and no endpoint is known`,
  )
}
