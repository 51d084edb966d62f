/**
 * What the processes of the demo say to each other. Times are milliseconds of the wall clock, which they share.
 */
import type { UpstreamInspection } from '@evenkeel/core'

/** How a server behaves: answers after 20 ms, after ten times that, or with 503 at once. */
export type Mode = 'well' | 'slow' | 'failing'

/** Supervisor to server. */
export interface ServerOrder {
  readonly mode: Mode
}

/** Server to supervisor. `processed`: it begins to work on a POST with this id. */
export type ServerNews = { readonly kind: 'listening' } | { readonly kind: 'processed'; readonly id: string }

/** An endpoint as discovery would name it. */
export interface EndpointNews {
  readonly port: number
  readonly uid: string
  readonly terminating: boolean
}

/** Supervisor to client. `stop`: no new request. */
export type ClientOrder =
  | { readonly kind: 'endpoints'; readonly endpoints: readonly EndpointNews[] }
  | { readonly kind: 'stop' }

export type Method = 'GET' | 'POST'

/** One request as its caller saw it. */
export interface RequestRecord {
  readonly id: string
  /** When it was due. */
  readonly at: number
  readonly method: Method
  /** From then to the end of its answer, so that a late start counts. */
  readonly ms: number
  /** An error, or a 5xx that the caller saw. */
  readonly lost: boolean
  /** Status or code. */
  readonly result: string
  /** What our client says became of a lost request. */
  readonly fate: string | undefined
}

/** One request on the wire, which may be one of several attempts. */
export interface AttemptRecord {
  readonly at: number
  readonly port: number
}

/** The end of an attempt, also of one that got no connection. */
export interface EndingRecord {
  readonly at: number
  readonly port: number
  readonly ms: number
  /** An error or a 5xx. */
  readonly failed: boolean
}

/** Client to supervisor, four times a second. */
export interface ClientNews {
  readonly requests: readonly RequestRecord[]
  readonly attempts: readonly AttemptRecord[]
  readonly endings: readonly EndingRecord[]
  /** Requests that have neither an answer nor an error yet. */
  readonly underWay: number
  /** Attempts beyond the first of their request, so far. */
  readonly repeated: number
  readonly inspection: UpstreamInspection | undefined
}

export type ClientName = 'evenkeel' | 'BalancedPool'
export const clientNames: readonly ClientName[] = ['evenkeel', 'BalancedPool']

/** One value for each client. */
export type PerClient<T> = Readonly<Record<ClientName, T>>

/** Makes a value for each client. */
export function perClient<T>(make: (name: ClientName) => T): PerClient<T> {
  return { evenkeel: make('evenkeel'), BalancedPool: make('BalancedPool') }
}
