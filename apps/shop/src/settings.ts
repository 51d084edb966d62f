/**
 * What the environment of a pod says. Defaults are those of the manifests, so that a developer may leave all of it out.
 */
import { hostname } from 'node:os'

/** How a service is set up. */
export interface Settings {
  /** Stands in every answer, so that a client sees who gave it. `POD_NAME`. */
  readonly podName: string
  /** For requests of clients. `PORT`. */
  readonly port: number
  /** For calls by gRPC, of a service that has some. `GRPC_PORT`. */
  readonly grpcPort: number
  /** For probes and figures. `INTERNAL_PORT`. */
  readonly internalPort: number
  /** How long users and catalog wait for what stands for their database, in milliseconds. `WORK_MS`. */
  readonly workMs: number
  /** Where the storefront finds the users. `USERS_URL`. */
  readonly usersUrl: string
  /** Where the storefront finds the catalog's gRPC; without balancing a port has to be a number. `CATALOG_ADDRESS`. */
  readonly catalogAddress: string
  /** Whether the storefront chooses a pod for each call, instead of leaving that to kube-proxy for each connection: `on` or `off`. `BALANCED`. */
  readonly balanced: boolean
  /** How long the storefront waits for an answer, connection included, in milliseconds. `CALL_MS`. */
  readonly callMs: number
}

/** Reads and checks them. @throws Error that names the variable, its value and what was expected */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const number = (name: string, byDefault: number, least: number, most: number): number => {
    const text = environment[name] ?? String(byDefault)
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new Error(`${name}: ${text} (expected: a whole number from ${least} to ${most})`)
    return value
  }
  const origin = (name: string, byDefault: string): string => {
    const text = environment[name] ?? byDefault
    const url = URL.parse(text)
    if (url === null || url.protocol !== 'http:' || url.href !== `${url.origin}/`)
      throw new Error(`${name}: ${text} (expected: http://HOST or http://HOST:PORT)`)
    return url.origin
  }
  const address = (name: string, byDefault: string): string => {
    const text = environment[name] ?? byDefault
    if (!/^[\w.-]+:[\w-]+$/.test(text)) throw new Error(`${name}: ${text} (expected: HOST:PORT)`)
    return text
  }
  const choice = (name: string, byDefault: string, all: readonly string[]): string => {
    const text = environment[name] ?? byDefault
    if (!all.includes(text)) throw new Error(`${name}: ${text} (expected: ${all.join(' or ')})`)
    return text
  }
  const balanced = choice('BALANCED', 'on', ['on', 'off']) === 'on'
  return {
    podName: environment.POD_NAME ?? hostname(),
    port: number('PORT', 8_080, 1, 65_535),
    grpcPort: number('GRPC_PORT', 50_051, 1, 65_535),
    internalPort: number('INTERNAL_PORT', 9_090, 1, 65_535),
    workMs: number('WORK_MS', 10, 0, 60_000),
    // Names of Services: cluster DNS completes them with the namespace of the pod.
    usersUrl: origin('USERS_URL', 'http://users'),
    // Only who sees the Service's slices knows its ports by name.
    catalogAddress: address('CATALOG_ADDRESS', balanced ? 'catalog:grpc' : 'catalog:50051'),
    balanced,
    callMs: number('CALL_MS', 2_000, 1, 60_000),
  }
}
