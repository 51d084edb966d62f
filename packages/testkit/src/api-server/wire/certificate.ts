/**
 * A certificate made on the spot for 127.0.0.1 and the names of an API server in its cluster: no key lies in a repository, no program is needed, nothing
 * expires. As little of X.509 (RFC 5280) and DER as that takes.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

/** A server's key and certificate, which is its own authority. */
export interface ServerCertificate {
  readonly key: string
  readonly cert: string
}

const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']
const address = [127, 0, 0, 1]

/** A new key and its certificate. */
export function serverCertificate(): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const ecdsaWithSha256 = node(0x30, identifier('2a8648ce3d040302'))
  const subject = node(0x30, node(0x31, node(0x30, identifier('550403'), node(0x0c, Buffer.from('fake API server')))))
  const alternatives = [...names.map((name) => node(0x82, Buffer.from(name))), node(0x87, Buffer.from(address))]
  const body = node(
    0x30,
    node(0xa0, node(0x02, Buffer.from([2]))),
    // A number of its own, from the key: two certificates of one issuer and number are refused.
    node(0x02, Buffer.concat([Buffer.from([1]), createHash('sha256').update(spki).digest().subarray(0, 8)])),
    ecdsaWithSha256,
    subject,
    // The end is "no well-defined expiration", RFC 5280 §4.1.2.5.
    node(0x30, node(0x18, Buffer.from('20000101000000Z')), node(0x18, Buffer.from('99991231235959Z'))),
    subject,
    spki,
    node(
      0xa3,
      node(
        0x30,
        node(0x30, identifier('551d13'), node(0x04, node(0x30, node(0x01, Buffer.from([0xff]))))),
        node(0x30, identifier('551d11'), node(0x04, node(0x30, ...alternatives))),
      ),
    ),
  )
  const signature = node(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  const lines =
    node(0x30, body, ecdsaWithSha256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

function identifier(hex: string): Buffer {
  return node(0x06, Buffer.from(hex, 'hex'))
}

function node(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  // Below 128 the length is one byte; above, a count of bytes stands in front of it.
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
