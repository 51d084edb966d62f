/**
 * Waiting for what pods become.
 */
import type { Kinds } from '../../src/index.ts'
import type { Place } from './fact.ts'
import { pod } from './pods.ts'

type Pod = Kinds['pods']

/** Whether a condition of a pod is true. */
export function is(pod: Pod | undefined, condition: string): boolean {
  return (pod?.status?.conditions ?? []).some(({ type, status }) => type === condition && status === 'True')
}

/** Waits until a pod is as wanted. @returns it */
export async function podWhen(
  { objects, namespace }: Place,
  name: string,
  holds: (pod: Pod) => boolean,
  what: string,
): Promise<Pod> {
  const query = { kind: 'pods', namespace, fieldSelector: `metadata.name=${name}` } as const
  const [found] = await objects.until(query, ([one]) => one !== undefined && holds(one), { what: `${name} ${what}` })
  return found as Pod
}

/** Makes a pod of one server and waits until it is ready. @returns its address */
export async function readyPod(place: Place, name: string, ...more: ParametersAfterName): Promise<string> {
  await place.objects.apply(pod(name, ...more), place.namespace)
  const { status } = await podWhen(place, name, (one) => is(one, 'Ready'), 'is ready')
  return status?.podIP as string
}

type ParametersAfterName = Parameters<typeof pod> extends [string, ...infer Rest] ? Rest : never
