/**
 * What Services are given by the cluster.
 */
import type { Place } from './fact.ts'

/** The virtual address of a Service. */
export async function clusterIpOf({ objects, namespace }: Place, name: string): Promise<string> {
  const { spec } = await objects.get({ kind: 'services', namespace, name })
  return spec?.clusterIP as string
}
