/**
 * What requests are sent to: backends, each a process of its own, and nginx in front of them if a variant wants it.
 */
import { type Child, startChild } from '../child.ts'
import type { BackendTask } from './backend.ts'
import { type Hop, nginxVersion, startNginx } from './nginx.ts'
import { isVariantName, labelOf, type VariantName, variantNames } from './variants.ts'

/** Where a client finds the backends. */
export interface Places {
  /** Ports of the backends on 127.0.0.1. */
  readonly ports: readonly number[]
  /** The port of the hop, and its processes. Undefined without one. */
  readonly hop?: Pick<Hop, 'port' | 'pids'> | undefined
}

/** The variants of a run. */
export interface Field {
  readonly variants: readonly VariantName[]
  /** By name and version. */
  readonly labels: Readonly<Record<string, string>>
  /** What was not measured, and why. */
  readonly leftOut: readonly string[]
}

/** Those that were asked for and the baseline, in the order in which they are known; nginx only where it is installed. */
export async function chooseField(wanted: readonly string[], baseline: VariantName): Promise<Field> {
  const nginx = await nginxVersion()
  const asked = wanted.length === 0 ? variantNames : wanted.filter(isVariantName)
  const missing = nginx === undefined && asked.includes('nginx')
  const variants = variantNames.filter(
    (name) => name === baseline || (asked.includes(name) && !(missing && name === 'nginx')),
  )
  return {
    variants,
    labels: Object.fromEntries(variants.map((name) => [name, labelOf(name, nginx)])),
    leftOut: missing ? ['nginx: not on PATH'] : [],
  }
}

/** Starts all, does the work, and stops all on every path. */
export async function withFleet<Found>(
  options: {
    readonly backends: readonly BackendTask[]
    readonly variants: readonly VariantName[]
    readonly signal: AbortSignal
  },
  work: (places: Places) => Promise<Found>,
): Promise<Found> {
  const { backends, variants, signal } = options
  const module = new URL('backend.ts', import.meta.url)
  const servers: readonly Child<number>[] = backends.map((task) => startChild<number>({ module, task, signal }))
  let hop: Hop | undefined
  try {
    const ports = await Promise.all(servers.map(({ said }) => said))
    if (variants.includes('nginx')) hop = await startNginx(ports, signal)
    return await work({ ports, hop: hop && { port: hop.port, pids: hop.pids } })
  } finally {
    await Promise.all([hop?.stop(), ...servers.map((server) => server.stop())])
  }
}
