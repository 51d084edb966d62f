/**
 * What the fake API server keeps: EndpointSlices and Services, as JSON, with the fields that the real one fills in.
 */

/** Metadata of an object as a test writes it. What the server fills in may be left out. */
export interface ApiMetadata {
  /** Of the object, within its namespace. */
  readonly name: string
  /** @defaultValue 'default' */
  readonly namespace?: string | undefined
  /** The label `kubernetes.io/service-name` says whose slice it is. @defaultValue none */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Kept as they are. @defaultValue none */
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** Kept as it is written, like every other field that is not named here. */
  readonly managedFields?: readonly object[] | undefined
  /** @defaultValue one that no other object has had */
  readonly uid?: string | undefined
}

/** An EndpointSlice as a test writes it. */
export interface ApiSlice {
  /** Its name and its labels. */
  readonly metadata: ApiMetadata
  /** @defaultValue 'IPv4' */
  readonly addressType?: string | undefined
  /** An empty list becomes null, as it does in the real server's storage. @defaultValue null */
  readonly endpoints?: readonly object[] | null | undefined
  /** Names default to the empty text and protocols to TCP. @defaultValue null */
  readonly ports?: readonly object[] | null | undefined
}

/** A Service as a test writes it. */
export interface ApiService {
  /** Its name. */
  readonly metadata: ApiMetadata
  /** @defaultValue {} */
  readonly spec?: object | undefined
}

/** Metadata as it is kept. */
export interface StoredMetadata extends ApiMetadata {
  readonly namespace: string
  readonly uid: string
  /** Version of the last write. */
  readonly resourceVersion: string
  /** Rises with every change of the spec; not every kind has it. */
  readonly generation?: number | undefined
  /** When it was made, in RFC 3339. */
  readonly creationTimestamp: string
}

/** An object as it is kept: what a list shows of it. */
export interface StoredObject {
  /** With what the server has filled in. */
  readonly metadata: StoredMetadata
  readonly [field: string]: unknown
}

/** A kind of object, and how its paths and answers name it. */
export interface ApiResource {
  readonly name: 'endpointslices' | 'services'
  /** Empty for the core group. */
  readonly group: string
  readonly kind: string
  readonly apiVersion: string
  /** What a bookmark has beside its metadata: the fields of a Go value in which nothing is set. */
  readonly blank: object
  /** Fills in what the real server would. */
  readonly fill: (object: object) => object
}

/** The kinds that are kept. */
export const apiResources: Readonly<Record<ApiResource['name'], ApiResource>> = {
  endpointslices: {
    name: 'endpointslices',
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    blank: { addressType: '', endpoints: null, ports: null },
    fill: (object) => fillSlice(object as Partial<ApiSlice>),
  },
  services: {
    name: 'services',
    group: '',
    kind: 'Service',
    apiVersion: 'v1',
    blank: { spec: {}, status: { loadBalancer: {} } },
    fill: (object) => fillService(object as Partial<ApiService>),
  },
}

/** An object as it is shown alone, with its kind, which a list leaves out. */
export function shownAlone({ kind, apiVersion }: ApiResource, object: object): object {
  return { kind, apiVersion, ...object }
}

function fillSlice({ addressType = 'IPv4', endpoints, ports }: Partial<ApiSlice>): object {
  return {
    addressType,
    endpoints: filled(endpoints, (endpoint) => ({ addresses: undefined, conditions: {}, ...endpoint })),
    ports: filled(ports, (port) => ({ name: '', protocol: 'TCP', ...port })),
  }
}

function fillService({ spec = {} }: Partial<ApiService>): object {
  const { ports } = spec as { readonly ports?: readonly object[] }
  const shown =
    ports === undefined
      ? spec
      : { ...spec, ports: filled(ports, (port) => ({ name: undefined, protocol: 'TCP', ...port })) }
  return { spec: shown, status: { loadBalancer: {} } }
}

function filled(list: readonly object[] | null | undefined, fill: (one: object) => object): readonly object[] | null {
  return list === null || list === undefined || list.length === 0 ? null : list.map(fill)
}
