/**
 * What an endpoint of a slice may be used for, by its conditions.
 */
import type { Condition } from '@evenkeel/core'
import type { SliceConditions } from './endpoint-slice.ts'

/**
 * Nil is true for `ready` and `serving`, false for `terminating` (field documentation of discovery/v1). `ready` wins over `terminating`: with
 * `publishNotReadyAddresses` a terminating pod stays ready, by its Service's wish. What terminates without serving is of no use (KEP-1669).
 */
export function conditionOf(conditions: SliceConditions | null | undefined): Condition {
  if (conditions?.ready ?? true) return 'ready'
  return (conditions?.serving ?? true) && isTerminating(conditions) ? 'serving-terminating' : 'unready'
}

/** Whether it has been asked to stop. There is no way back from this. */
export function isTerminating(conditions: SliceConditions | null | undefined): boolean {
  return conditions?.terminating ?? false
}
