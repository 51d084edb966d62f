/**
 * A resolver and the fake API server that it watches, for one test.
 */
import { type ApiSlice, type FakeApiServer, type FakeApiServerOptions, fakeApiServer } from '@evenkeel/testkit'
import { onTestFinished } from 'vitest'
import { type Kubernetes, kubernetes } from '../kubernetes.ts'
import type { KubernetesOptions } from '../options.ts'
import type { EndpointSlice } from '../slices/endpoint-slice.ts'
import { type SliceDraft, slice } from './slices.ts'

/** Both, and what a test does with them. */
export interface Served {
  readonly server: FakeApiServer
  readonly resolver: Kubernetes
  /** Writes a slice of the Service `users` in `shop`, or of the one that its labels name. */
  apply(draft: SliceDraft): void
}

/** Both are closed with the test. @param options of the resolver, which is in the namespace `shop` @param habits of the server */
export async function served(
  options: Partial<KubernetesOptions> = {},
  habits: FakeApiServerOptions = {},
): Promise<Served> {
  const server = await fakeApiServer(habits)
  onTestFinished(() => server.close())
  const { url, token, ca } = server
  const resolver = kubernetes({ access: { url, token, certificateAuthority: ca, namespace: 'shop' }, ...options })
  onTestFinished(() => resolver.close())
  return { server, resolver, apply: (draft) => void server.apply(asApiSlice(slice(draft))) }
}

/** A slice without what only the server may say. */
export function asApiSlice({ metadata, ...rest }: EndpointSlice, namespace: string = 'shop'): ApiSlice {
  const { name = '', labels, annotations } = metadata ?? {}
  return { ...rest, metadata: { name, namespace, labels, annotations } } as unknown as ApiSlice
}
