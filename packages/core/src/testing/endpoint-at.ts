/**
 * Short words for endpoints in tests.
 */
import { type Endpoint, type EndpointDetails, parseEndpoint } from '../index.ts'

/** The endpoint at `address:port`, with details where a test needs them: `endpointAt('10.0.0.1:80', { zone: 'a' })`. */
export function endpointAt(locator: string, details: EndpointDetails = {}): Endpoint {
  return parseEndpoint(locator, details)
}

/** Many ready endpoints at distinct addresses 10.x.y.z, port 80; `details` may depend on the index. */
export function endpointsAt(
  count: number,
  details: (index: number) => EndpointDetails = () => ({}),
): readonly Endpoint[] {
  return Array.from({ length: count }, (_, index) => {
    const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
    return parseEndpoint(`${address}:80`, details(index))
  })
}
