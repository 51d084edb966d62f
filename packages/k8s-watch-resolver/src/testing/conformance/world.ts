/**
 * What a rule is played in: an API server, a client whose clock stands in the hands of the rule, and everything that can go wrong between the two.
 */
import type { Random } from '@evenkeel/core'
import type { FakeClock } from '@evenkeel/core/testing'
import type { FakeApiServer } from '@evenkeel/testkit'
import type { KubernetesOptions } from '../../options.ts'
import type { EndpointSlice } from '../../slices/endpoint-slice.ts'
import type { Watched } from './watched.ts'

/** One API server and its clients. Disposing it closes all of it. */
export interface World extends AsyncDisposable {
  readonly kind: 'fake' | 'real'
  /** Where the slices of the rule are. */
  readonly namespace: string
  /** Of the client alone where the server is real. */
  readonly clock: FakeClock
  readonly random: Random
  /** The token that clients show from now on. */
  token: string
  /** What they show once they have shown `token` for one more time, as from a file that is read again. @defaultValue `token` */
  renewed: string | undefined

  /** Makes or changes a slice. */
  apply(slice: EndpointSlice): Promise<void>
  /** Takes one away. */
  remove(name: string): Promise<void>
  /** A client with a watch. @param target @defaultValue 'users' */
  watch(target?: string, options?: Partial<KubernetesOptions>): Watched

  /** Resets every connection. */
  cut(): Promise<void>
  /** From now on no byte moves on the connections that stand, and none of them ends. New ones work. */
  freeze(): void
  /** What was held back moves on. */
  thaw(): void
  /** `refusing`: nobody listens, and those inside are reset. `hanging-up`: who comes is accepted and closed at once. */
  door(door: 'open' | 'refusing' | 'hanging-up'): Promise<void>
  /** Connections of clients that stand. */
  readonly connections: number
  /** A bookmark of the newest version is sent; by a real server once its minute is over. */
  bookmark(): Promise<void>
  /** The next resume gets 410. Clients are cut off meanwhile. @param change what is written before */
  expire(change: () => Promise<void>): Promise<void>
  /** The server ends and begins again; nothing is written meanwhile. */
  restart(): Promise<void>
  /** The token is not good any more, and another one is; `token` is still the old one. @returns the other one */
  replaceToken(): Promise<string>
  /** Nobody may list or watch slices any more. */
  forbid(): Promise<void>
  /** What is needed may be done again. @param manifest what the client printed */
  permit(manifest: string): Promise<void>
  /** Lets what is on its way arrive. */
  turn(): Promise<void>
  /** How long `until` may take before something never comes, in real time. */
  readonly patienceMs: number
}

/** The world of the fake API server. */
export interface FakeWorld extends World {
  readonly server: FakeApiServer
  readonly protocol: 'h2' | 'http/1.1'
}
