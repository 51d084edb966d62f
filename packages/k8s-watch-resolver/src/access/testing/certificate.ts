/**
 * A certificate for 127.0.0.1 and `api.test` that is its own authority, made on the spot: as little of X.509 (RFC 5280) and DER as TLS takes.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** Both PEM. */
export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

/** @param subject the common name, for servers as for clients */
export function certificate(subject = 'a test'): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const algorithm = sequence(object('2a8648ce3d040302'))
  const name = sequence(der(0x31, sequence(object('550403'), der(0x0c, Buffer.from(subject)))))
  const isAuthority = sequence(object('551d13'), der(0x04, sequence(der(0x01, Buffer.from([0xff])))))
  const names = sequence(der(0x82, Buffer.from('api.test')), der(0x87, Buffer.from([127, 0, 0, 1])))
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([1]), randomBytes(8)),
    algorithm,
    name,
    // No well-defined expiration, RFC 5280 §4.1.2.5.
    sequence(time('20000101000000Z'), time('99991231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority, sequence(object('551d11'), der(0x04, names)))),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  const lines = sequence(body, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function time(text: string): Buffer {
  return der(0x18, Buffer.from(text))
}

function integer(...parts: readonly Buffer[]): Buffer {
  return der(0x02, ...parts)
}

function object(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

/** The length is as short as it gets: X.690 §10.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const all = Buffer.concat(parts)
  const head = all.length < 128 ? [tag] : all.length < 256 ? [tag, 0x81] : [tag, 0x82, all.length >> 8]
  return Buffer.concat([Buffer.from([...head, all.length & 255]), all])
}
