/**
 * A call for tests that are about something else.
 */
import { type Call, untried } from '../index.ts'

/** A first attempt without deadline, hash key or wishes, which may be repeated. */
export const plainCall: Call = {
  hashKey: undefined,
  deadline: Number.POSITIVE_INFINITY,
  repeatable: true,
  priority: 0,
  policy: undefined,
  tried: untried,
}
