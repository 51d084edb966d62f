/**
 * How the variables of a Service are read. Names run into each other: `FOO_SERVICE_PORT` is the port of the Service `foo` and the
 * Docker link of the Service `foo-service`, so each value must have the form that its meaning asks for, or it is not there.
 */
import { parseEndpoint } from '../endpoint-text.ts'
import { canonicalIpv6 } from '../ip-literal.ts'
import type { Target } from '../target.ts'
import type { Variables } from './environment.ts'

/** Address and port that the variables give for the target. */
export interface Place {
  readonly address: string
  readonly port: number
}

/** The place of the target's Service; undefined when no variables fit. */
export function addressFromVariables(variables: Variables, target: Target): Place | undefined {
  const prefix = variableName(target.service)
  return fromService(variables, prefix, target.port) ?? fromLinks(variables, prefix, target.port)
}

/** `{SVC}_SERVICE_HOST` with `{SVC}_SERVICE_PORT` (the first port) or `{SVC}_SERVICE_PORT_{NAME}`. */
function fromService(variables: Variables, prefix: string, port: Target['port']): Place | undefined {
  const host = variables[`${prefix}_SERVICE_HOST`]
  const first = variables[`${prefix}_SERVICE_PORT`]
  if (port === undefined) return place(host, first)
  if (typeof port === 'string') return place(host, variables[`${prefix}_SERVICE_PORT_${variableName(port)}`])
  if (first === String(port)) return place(host, first)
  const named = Object.entries(variables).some(
    ([name, value]) => value === String(port) && isNamedPort(name, `${prefix}_SERVICE_PORT_`),
  )
  return named ? place(host, String(port)) : undefined
}

/** `{SVC}_PORT_{N}_TCP_ADDR` with `{SVC}_PORT_{N}_TCP_PORT`, or the whole URL `{SVC}_PORT=tcp://ip:port`. Links know no port names. */
function fromLinks(variables: Variables, prefix: string, port: Target['port']): Place | undefined {
  if (typeof port === 'string') return undefined
  if (port !== undefined) return fromLink(variables, prefix, port) ?? fromUrl(variables, prefix, port)
  const first = fromUrl(variables, prefix, undefined)
  if (first !== undefined) return first
  const linked = Object.keys(variables).flatMap((name) => {
    const digits = name.startsWith(`${prefix}_PORT_`)
      ? /^([1-9][0-9]{0,4})_TCP_ADDR$/.exec(name.slice(prefix.length + 6))
      : null
    return digits === null ? [] : [Number(digits[1])]
  })
  // Without a port the only one is meant; of several none is it.
  return linked.length === 1 ? fromLink(variables, prefix, linked[0] as number) : undefined
}

function fromLink(variables: Variables, prefix: string, port: number): Place | undefined {
  const digits = variables[`${prefix}_PORT_${port}_TCP_PORT`]
  return digits === String(port) ? place(variables[`${prefix}_PORT_${port}_TCP_ADDR`], digits) : undefined
}

function fromUrl(variables: Variables, prefix: string, port: number | undefined): Place | undefined {
  const [, host, digits] = /^tcp:\/\/(.+):([0-9]+)$/.exec(variables[`${prefix}_PORT`] ?? '') ?? []
  return port === undefined || digits === String(port) ? place(host, digits) : undefined
}

/** Not the links of a Service called `{SVC}-service`, which look alike: FOO_SERVICE_PORT_80_TCP_PORT. */
function isNamedPort(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && !/^[0-9]+_(?:TCP|UDP|SCTP)(?:_|$)/.test(name.slice(prefix.length))
}

function place(host: string | undefined, port: string | undefined): Place | undefined {
  if (host === undefined || port === undefined) return undefined
  const text = canonicalIpv6(host) === undefined ? `${host}:${port}` : `[${host}]:${port}`
  try {
    const { address, port: number } = parseEndpoint(text)
    return { address, port: number }
  } catch {
    // A value of another form belongs to something else.
    return undefined
  }
}

function variableName(text: string): string {
  return text.toUpperCase().replaceAll('-', '_')
}
