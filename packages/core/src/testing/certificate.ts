/**
 * Certificates made on the spot, so that no key lies in the repository, no program is needed and nothing expires. As little of X.509 (RFC 5280) and DER
 * as a server's own certificate takes.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A server's key and certificate, which is its own authority. */
export interface TestCertificate {
  /** PKCS #8, PEM. */
  readonly key: string
  /** X.509, PEM. */
  readonly cert: string
}

/** A certificate for these DNS names. */
export function certificateFor(...names: readonly string[]): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const algorithm = sequence(object('2a8648ce3d040302'))
  const name = sequence(der(0x31, sequence(object('550403'), der(0x0c, Buffer.from(names[0] as string)))))
  const alternatives = sequence(...names.map((one) => der(0x82, Buffer.from(one))))
  const extensions = sequence(
    sequence(object('551d13'), der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
    sequence(object('551d11'), der(0x04, alternatives)),
  )
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    // No well-defined expiration, RFC 5280 §4.1.2.5.
    sequence(der(0x18, Buffer.from('20000101000000Z')), der(0x18, Buffer.from('99991231235959Z'))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)]))
  const base64 = sequence(signed, algorithm, signature).toString('base64')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** For the names of the service `user-service` in the namespace `shop`. */
export const userServiceTls: TestCertificate = certificateFor(
  'user-service',
  'user-service.shop',
  'user-service.shop.svc',
  'user-service.shop.svc.cluster.local',
)

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function object(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
