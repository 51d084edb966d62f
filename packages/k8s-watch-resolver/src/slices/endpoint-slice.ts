/**
 * EndpointSlices (discovery.k8s.io/v1) as the API server writes them, as narrow as they are read. Any field may be null or absent: every Service
 * without endpoints has a slice with neither endpoints nor ports.
 */

/** What may be written for "nothing". */
type Nil = null | undefined

/** One slice: a part of the endpoints of one Service, of one family, with one set of ports. */
export interface EndpointSlice {
  readonly metadata?: {
    readonly name?: string | Nil
    readonly namespace?: string | Nil
    readonly uid?: string | Nil
    readonly resourceVersion?: string | Nil
    readonly labels?: Readonly<Record<string, string>> | Nil
    readonly annotations?: Readonly<Record<string, string>> | Nil
  } | null
  /** `IPv4`, `IPv6` or the deprecated `FQDN`; never changes. */
  readonly addressType?: string | Nil
  readonly ports?: readonly SlicePort[] | Nil
  readonly endpoints?: readonly SliceEndpoint[] | Nil
}

/** A port that all endpoints of the slice have. */
export interface SlicePort {
  /** The name of the Service's port. @defaultValue '' */
  readonly name?: string | Nil
  /** The port of the pods, not that of the Service. Nil or 0: none. */
  readonly port?: number | Nil
  /** @defaultValue 'TCP' */
  readonly protocol?: string | Nil
}

/** One endpoint. */
export interface SliceEndpoint {
  /** Only the first has a meaning. */
  readonly addresses?: readonly string[] | Nil
  readonly conditions?: SliceConditions | Nil
  readonly targetRef?: { readonly kind?: string | Nil; readonly name?: string | Nil; readonly uid?: string | Nil } | Nil
  readonly nodeName?: string | Nil
  readonly zone?: string | Nil
  readonly hints?:
    | {
        readonly forZones?: readonly { readonly name?: string | Nil }[] | Nil
        readonly forNodes?: readonly { readonly name?: string | Nil }[] | Nil
      }
    | Nil
}

/** Nil means true, true and false, in this order. */
export interface SliceConditions {
  readonly ready?: boolean | Nil
  readonly serving?: boolean | Nil
  readonly terminating?: boolean | Nil
}

/** A slice is so now, or it is gone and was so at last. */
export interface SliceEvent {
  readonly kind: 'set' | 'gone'
  readonly object: EndpointSlice
}

/** A port as a Service has it: only there the numbers stand that callers write. */
export interface ServicePort {
  /** @defaultValue '' */
  readonly name?: string | Nil
  readonly port: number
  /** @defaultValue 'TCP' */
  readonly protocol?: string | Nil
}
