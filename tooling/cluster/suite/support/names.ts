/**
 * What cluster DNS answers.
 */
import { Resolver } from 'node:dns/promises'
import { addresses } from '../../src/index.ts'

/** Asks cluster DNS and nobody else. */
export const dns: Resolver = new Resolver()
dns.setServers([addresses.dns])

/** The name of a Service, or of a pod of one, in the zone of the cluster. */
export function nameIn(namespace: string, name: string): string {
  return `${name}.${namespace}.svc.cluster.local`
}

/** Addresses of a name in a fixed order. @throws Error with the `code` of what DNS said */
export async function addressesOf(name: string): Promise<readonly string[]> {
  return (await dns.resolve4(name)).sort()
}
