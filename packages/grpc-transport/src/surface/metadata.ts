/**
 * Whether metadata has a key that is known to be in order: grpc-js's own question checks the spelling each time, which is most of its cost.
 */
import type { Metadata } from '@grpc/grpc-js'

/** `key` is in lower case. */
export function hasKey(metadata: Metadata, key: string): boolean {
  const { internalRepr } = metadata as unknown as { readonly internalRepr?: unknown }
  return internalRepr instanceof Map ? internalRepr.has(key) : metadata.get(key).length > 0
}
