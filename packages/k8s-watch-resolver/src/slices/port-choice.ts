/**
 * Which port of the slices a target means. Slices know the names of a Service's ports and the numbers of the pods', never the Service's own numbers, so a
 * number that a caller wrote is only ever compared with the Service itself.
 */
import { EvenkeelError, type Target } from '@evenkeel/core'
import type { ServicePort } from './endpoint-slice.ts'

/**
 * - `name`: this one, by its name.
 * - `none`: no slice has ports; nobody is home.
 * - `ask`: only the Service knows.
 * - `wrong`: there is no such port, or several could be meant; `error` names those there are.
 */
export type PortChoice =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'wrong'; readonly error: EvenkeelError }

/** What is known of a Service's ports. */
export interface KnownPorts {
  /** Names of the TCP ports in all slices. */
  readonly names: ReadonlySet<string>
  /** The ports of the Service, where somebody has asked for them. */
  readonly service: readonly ServicePort[] | undefined
  /** What was chosen last. */
  readonly before: string | undefined
}

/**
 * Chooses. What was certain once stays chosen while it exists: a second port that a Service is given must not end the calls of those who needed no
 * name as long as there was one.
 */
export function choosePort(port: Target['port'], known: KnownPorts): PortChoice {
  const { names, service, before } = known
  if (typeof port === 'string') return names.size === 0 || names.has(port) ? named(port) : wrong(noSuch(port, names))
  if (typeof port === 'number' && service !== undefined) return byNumber(port, service)
  if (names.size === 0) return { kind: 'none' }
  const [only = ''] = names
  if (names.size === 1) return named(only)
  if (before !== undefined && names.has(before)) return named(before)
  if (typeof port === 'number') return { kind: 'ask' }
  return wrong(`the target names no port and the Service has several: ${list(names)}`)
}

function byNumber(port: number, service: readonly ServicePort[]): PortChoice {
  const tcp = service.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
  const found = tcp.find((one) => one.port === port)
  if (found !== undefined) return named(found.name ?? '')
  const there = tcp.map((one) => `${one.port} (${show(one.name ?? '')})`)
  return wrong(`the Service has no TCP port ${port}; it has ${there.length === 0 ? 'none' : there.join(', ')}`)
}

function named(name: string): PortChoice {
  return { kind: 'name', name }
}

function noSuch(port: string, names: ReadonlySet<string>): string {
  return `the Service has no TCP port named ${show(port)}; it has ${list(names)}`
}

function wrong(detail: string): PortChoice {
  return { kind: 'wrong', error: new EvenkeelError('EVENKEEL_DISCOVERY_FAILED', detail, { fault: 'caller' }) }
}

function list(names: ReadonlySet<string>): string {
  return [...names].sort().map(show).join(', ')
}

function show(name: string): string {
  return name === '' ? 'one without a name' : JSON.stringify(name)
}
