/**
 * EndpointSlices for tests, as short as what matters in them.
 */
import type { Clock, EndpointSet, Target } from '@evenkeel/core'
import { type FakeClock, fakeClock } from '@evenkeel/core/testing'
import { addressRule } from '../slices/address-rule.ts'
import type { EndpointSlice, SliceEndpoint, SliceEvent, SlicePort } from '../slices/endpoint-slice.ts'
import type { PortView } from '../slices/port-view.ts'
import { ServiceSlices, type ServiceSlicesOptions } from '../slices/service-slices.ts'

/** What `slice` makes a slice of. */
export interface SliceDraft {
  readonly name?: string
  readonly uid?: string
  readonly version?: number
  readonly addressType?: string
  readonly ports?: readonly SlicePort[] | null
  readonly endpoints?: readonly SliceEndpoint[] | null
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A slice of the Service `users` in `shop`; without more, of IPv4 and with the port http of 8080. */
export function slice(draft: SliceDraft): EndpointSlice {
  const {
    name = 'a',
    uid = `slice ${name}`,
    version = 1,
    addressType = 'IPv4',
    endpoints = [],
    labels,
    annotations,
  } = draft
  const { ports = [{ name: 'http', port: 8080, protocol: 'TCP' }] } = draft
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid,
      resourceVersion: String(version),
      labels: { 'kubernetes.io/service-name': 'users', ...labels },
      ...(annotations === undefined ? {} : { annotations }),
    },
    addressType,
    ports,
    endpoints,
  }
}

/** An endpoint of pod `pod`, whose address is 10.0.0.`pod` and whose UID is `u` and its number; more on demand. */
export function pod(number: number, more: SliceEndpoint = {}): SliceEndpoint {
  return {
    addresses: [`10.0.${number >> 8}.${number & 255}`],
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: 'Pod', name: `users-${number}`, uid: `u${number}` },
    ...more,
  }
}

/** Conditions of a pod that stops and still answers. */
export const stopping: { readonly conditions: NonNullable<SliceEndpoint['conditions']> } = {
  conditions: { ready: false, serving: true, terminating: true },
}

/** Pods with consecutive numbers. */
export function pods(from: number, to: number): readonly SliceEndpoint[] {
  return Array.from({ length: to - from + 1 }, (_, index) => pod(from + index))
}

/** Shortens an event. */
export function set(draft: SliceDraft): SliceEvent {
  return { kind: 'set', object: slice(draft) }
}

/** Shortens an event. */
export function gone(draft: SliceDraft): SliceEvent {
  return { kind: 'gone', object: slice(draft) }
}

/** Slices with a view, and all that was heard. */
export interface SlicesInTest {
  readonly slices: ServiceSlices
  readonly clock: FakeClock
  readonly view: PortView
  readonly sets: EndpointSet[]
  readonly warnings: string[]
  last(): EndpointSet
  /** `locator condition`, sorted; a ready one without its condition. */
  told(): readonly string[]
}

/** Slices without any yet, and a view of their port. */
export function slicesInTest(port?: Target['port'], options: Partial<ServiceSlicesOptions> = {}): SlicesInTest {
  const clock = fakeClock()
  const warnings: string[] = []
  const sets: EndpointSet[] = []
  const slices = new ServiceSlices({
    clock: clock satisfies Clock,
    holdMs: 500,
    family: 'ipv4',
    isAllowed: addressRule(),
    warn: (text) => warnings.push(text),
    ...options,
  })
  const view = slices.view(port, (heard) => sets.push(heard))
  const last = (): EndpointSet => {
    const heard = sets.at(-1)
    if (heard === undefined) throw new Error('no set was heard')
    return heard
  }
  return { slices, clock, view, sets, warnings, last, told: () => texts(last()) }
}

/** What a set says. */
export function texts({ endpoints }: EndpointSet): readonly string[] {
  return endpoints.map(({ locator, condition }) => (condition === 'ready' ? locator : `${locator} ${condition}`)).sort()
}
