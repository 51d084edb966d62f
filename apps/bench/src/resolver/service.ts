/**
 * The Service that is measured: 10,000 endpoints in 100 slices, as a controller writes them, and what its watch says.
 */

/** How large it is. */
export const sliceCount = 100
/** The controller's own limit. */
export const perSlice = 100
/** All of them. */
export const endpointCount: number = sliceCount * perSlice

/** Its name and namespace. */
export const service = 'users'
/** Where it is. */
export const namespace = 'shop'

/** One entry of a slice, its fields in the order in which an API server writes them. */
export interface Entry {
  readonly addresses: readonly [string]
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean }
  readonly targetRef: { readonly kind: 'Pod'; readonly namespace: string; readonly name: string; readonly uid: string }
  readonly nodeName: string
  readonly zone: string
}

/** A slice as the API server writes it. */
export interface Slice {
  readonly kind: 'EndpointSlice'
  readonly apiVersion: 'discovery.k8s.io/v1'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation: number
    readonly creationTimestamp: string
    readonly labels: Readonly<Record<string, string>>
    readonly managedFields: readonly object[]
  }
  readonly addressType: 'IPv4'
  readonly endpoints: readonly Entry[]
  readonly ports: readonly object[]
}

const ready = { ready: true, serving: true, terminating: false } as const
/** What a pod shows whose probe fails. */
export const unready: Entry['conditions'] = { ready: false, serving: false, terminating: false }
/** What a pod shows that stops and still answers. */
export const stopping: Entry['conditions'] = { ready: false, serving: true, terminating: true }

/** A pod by its number: pods of one number and another life have other addresses, names and UIDs. */
export function entry(number: number, life = 0, conditions: Entry['conditions'] = ready): Entry {
  const id = (number + life * endpointCount).toString(36).padStart(5, '0')
  return {
    addresses: [`10.${life}.${number >> 8}.${number & 255}`],
    conditions,
    targetRef: { kind: 'Pod', namespace, name: `users-6d5f7c9b8d-${id}`, uid: `5c2a6f4e-1d3b-4a7c-9e8f-0000000${id}` },
    nodeName: `node-${number % 200}.example.internal`,
    zone: `zone-${'abc'[number % 3]}`,
  }
}

/** A slice by its number. @param replaced an entry instead of the usual one at its place */
export function slice(number: number, version: number, replaced?: { readonly at: number; readonly by: Entry }): Slice {
  const entries = Array.from({ length: perSlice }, (_, at) =>
    replaced?.at === at ? replaced.by : entry(number * perSlice + at),
  )
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      name: `users-${number.toString(36).padStart(5, '0')}`,
      namespace,
      uid: `9b1c7d52-6f0e-4c2b-8a3d-${String(number).padStart(12, '0')}`,
      resourceVersion: String(version),
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': service,
      },
      managedFields: [managed],
    },
    addressType: 'IPv4',
    endpoints: entries,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  }
}

/** All slices. */
export function allSlices(): readonly Slice[] {
  return Array.from({ length: sliceCount }, (_, number) => slice(number, 1_000 + number))
}

/** A line of a watch. */
export function line(type: 'ADDED' | 'MODIFIED' | 'BOOKMARK', object: object): string {
  return `${JSON.stringify({ type, object })}\n`
}

/** What a watch says before it is complete: all slices, and the bookmark behind them. */
export function initialEvents(): Buffer {
  const end = { metadata: { resourceVersion: '2000', annotations: { 'k8s.io/initial-events-end': 'true' } } }
  return Buffer.from([...allSlices().map((one) => line('ADDED', one)), line('BOOKMARK', end)].join(''))
}

const managed = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  apiVersion: 'discovery.k8s.io/v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:addressType': {},
    'f:endpoints': {},
    'f:metadata': { 'f:labels': { '.': {}, 'f:kubernetes.io/service-name': {} } },
    'f:ports': {},
  },
}
