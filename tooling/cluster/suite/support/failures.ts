/**
 * What the kubelet said of probes that failed.
 */
import type { Place } from './fact.ts'

/** Waits until probes of a pod have failed at least `least` times with such a message. @returns all messages about its probes by then */
export async function failures(
  { objects, namespace }: Place,
  pod: string,
  message: RegExp,
  least = 1,
): Promise<readonly string[]> {
  const fieldSelector = `involvedObject.name=${pod},reason=Unhealthy`
  const events = await objects.until(
    { kind: 'events', namespace, fieldSelector },
    (all) => {
      const found = all.filter((event) => message.test(event.message ?? ''))
      return found.reduce((sum, { count = 1 }) => sum + count, 0) >= least
    },
    { what: `${pod} fails ${least} times with ${message}` },
  )
  return events.map((event) => event.message ?? '')
}
