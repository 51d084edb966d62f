/**
 * Endpoints as people write them: `10.0.0.1:8080`, `[fd00::1]:8080`, `localhost:8080`, or an object with more to say.
 */
import { invalidOption } from '../errors.ts'
import { checkedEndpoint, type Endpoint, type EndpointOptions } from './endpoint.ts'
import { canonicalIpv6, isIpv4, looksLikeIp } from './ip-literal.ts'

/** Everything beside the place. */
export type EndpointDetails = Omit<EndpointOptions, 'address' | 'port'>

/** An endpoint as a user gives it. One that was made before is taken as it is. */
export type EndpointInput = string | EndpointOptions | Endpoint

/**
 * Reads `address:port`; an IPv6 address stands in brackets.
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` that calls the option `name`.
 */
export function parseEndpoint(text: string, details: EndpointDetails = {}, name = 'endpoint'): Endpoint {
  const expected = 'address:port such as 10.0.0.1:8080, [fd00::1]:8080 or localhost:8080'
  const [, bracketed, plain, digits] =
    (typeof text === 'string' ? /^(?:\[([^\]]*)\]|([^:[\]]+)):([1-9][0-9]{0,4})$/.exec(text) : null) ?? []
  const address = bracketed === undefined ? hostOf(plain) : canonicalIpv6(bracketed)
  const port = Number(digits)
  if (address === undefined || !(port <= 65_535)) throw invalidOption(name, text, expected)
  return checkedEndpoint({ ...details, address, port }, `${name}.`)
}

/**
 * Reads an endpoint from its text or its options.
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION` that calls the option `name`.
 */
export function readEndpoint(input: EndpointInput, name: string): Endpoint {
  if (typeof input === 'string') return parseEndpoint(input, {}, name)
  if (typeof input !== 'object' || input === null) throw invalidOption(name, input, 'address:port or { address, port }')
  return 'locator' in input ? input : checkedEndpoint(input, `${name}.`)
}

function hostOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 253) return undefined
  // 127.1 and 010.0.0.1 mean different places to different parsers: only the plain form is an address.
  if (looksLikeIp(text)) return isIpv4(text) ? text : undefined
  // Underscores are no host name by RFC 952, yet Docker networks are full of them.
  const labels = text.replace(/\.$/, '').split('.')
  return labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) ? text : undefined
}
