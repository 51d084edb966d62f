/**
 * A watch of EndpointSlices: of one Service, or of a whole namespace.
 */
import type { Clock, Random } from '@evenkeel/core'
import type { ApiServer } from '../access/api-server.ts'
import { kubernetesEvents } from '../events.ts'
import type { Change } from '../reflecting/object.ts'
import { type Manners, Reflector, type ReflectorObserver } from '../reflecting/reflector.ts'
import { eventParser } from '../slices/endpoint-slice/parse-event.ts'
import type { EndpointSlice } from '../slices/endpoint-slice.ts'

/** What all streams of one API server share. */
export interface StreamKit {
  readonly server: ApiServer
  readonly manners: Manners
  readonly clock: Clock
  readonly random: Random
}

const nameLabel = 'kubernetes.io/service-name'

/** Starts one. @param service @defaultValue all of the namespace */
export function sliceStream(
  kit: StreamKit,
  namespace: string,
  service: string | undefined,
  observer: ReflectorObserver<EndpointSlice>,
): Reflector<EndpointSlice> {
  const reflector = new Reflector<EndpointSlice>({
    ...kit,
    observer,
    parse: eventParser(),
    turned: () => {
      if (!kubernetesEvents.stream.hasSubscribers) return
      const { phase, observations, resumes, error } = reflector.inspect()
      kubernetesEvents.stream.publish({ url: kit.server.url, namespace, service, phase, observations, resumes, error })
    },
    collection: {
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
      labelSelector: service === undefined ? undefined : `${nameLabel}=${service}`,
    },
    subject: {
      group: 'discovery.k8s.io',
      resource: 'endpointslices',
      verbs: ['list', 'watch'],
      namespace,
      reason: 'to see the endpoints of its Services',
    },
  })
  return reflector
}

/** The Service that a slice belongs to. */
export function serviceOf({ metadata }: EndpointSlice): string | undefined {
  return metadata?.labels?.[nameLabel]
}

/** Rows by the Service that they belong to; those of no Service are left out. */
export function byService<T>(
  rows: readonly T[],
  sliceOf: (row: T) => EndpointSlice,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const row of rows) {
    const service = serviceOf(sliceOf(row))
    if (service === undefined) continue
    const known = found.get(service)
    if (known === undefined) found.set(service, [row])
    else known.push(row)
  }
  return found
}

/** The slice that a change is of. */
export function changedSlice({ object }: Change<EndpointSlice>): EndpointSlice {
  return object
}
