/**
 * The protocols by their names. The members stand in folders beside.
 */
import { grpc } from './grpc/grpc.ts'
import { http } from './http/http.ts'
import type { Protocol } from './protocol.ts'

/** The first is the usual one. */
export const protocols: readonly [Protocol, ...Protocol[]] = [http, grpc]

/** @throws Error for a name that no protocol has */
export function protocolNamed(name: string): Protocol {
  const found = protocols.find((protocol) => protocol.name === name)
  if (found !== undefined) return found
  throw new Error(`--protocol: ${name} (expected: ${protocols.map((protocol) => protocol.name).join(' or ')})`)
}
