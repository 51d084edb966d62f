import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EvenkeelError } from '../errors.ts'
import { formatTarget, parseTarget, readTarget } from './target.ts'

const longest = 'a'.repeat(63)

describe('the forms of a name', () => {
  test.each([
    ['user-service', { service: 'user-service', namespace: undefined, port: undefined, qualified: false }],
    ['user-service.', { service: 'user-service', namespace: undefined, port: undefined, qualified: false }],
    ['user-service:80', { service: 'user-service', namespace: undefined, port: 80, qualified: false }],
    ['user-service.shop', { service: 'user-service', namespace: 'shop', port: undefined, qualified: false }],
    ['user-service.shop:http', { service: 'user-service', namespace: 'shop', port: 'http', qualified: false }],
    ['user-service.shop.svc', { service: 'user-service', namespace: 'shop', port: undefined, qualified: true }],
    ['user-service.shop.svc.:65535', { service: 'user-service', namespace: 'shop', port: 65535, qualified: true }],
    [
      'user-service.shop.svc.cluster.local.:8080',
      { service: 'user-service', namespace: 'shop', port: 8080, qualified: true },
    ],
    [
      'User-Service.SHOP.Svc.Cluster.Local',
      { service: 'user-service', namespace: 'shop', port: undefined, qualified: true },
    ],
    ['1pay.prod', { service: '1pay', namespace: 'prod', port: undefined, qualified: false }],
    ['123.prod.svc', { service: '123', namespace: 'prod', port: undefined, qualified: true }],
    ['0x7f-pay', { service: '0x7f-pay', namespace: undefined, port: undefined, qualified: false }],
    ['a:8080-tls', { service: 'a', namespace: undefined, port: '8080-tls', qualified: false }],
    [`${longest}.${longest}`, { service: longest, namespace: longest, port: undefined, qualified: false }],
  ])('%s', (text, target) => {
    expect(parseTarget(text)).toEqual(target)
    expect(readTarget(text)).toEqual(target)
  })

  test('all forms of one target have one canonical text', () => {
    const forms = ['a.b:x', 'A.B:x', 'a.b.:x', 'a.b.svc:x', 'a.b.svc.cluster.local:x', 'a.b.svc.cluster.local.:x']
    expect(new Set(forms.map((form) => formatTarget(parseTarget(form))))).toEqual(new Set(['a.b:x']))
  })

  test('a name of numbers keeps its .svc, without which it would be an address', () => {
    expect(formatTarget(parseTarget('1.2.svc:80'))).toBe('1.2.svc:80')
  })

  test('another cluster domain takes the place of cluster.local', () => {
    const options = { clusterDomain: 'K8s.Example.' }
    expect(parseTarget('a.b.svc.k8s.example', options)).toMatchObject({ service: 'a', namespace: 'b', qualified: true })
    expect(readTarget('a.b.svc.cluster.local', options)).toBeUndefined()
    expect(() => parseTarget('a', { clusterDomain: 'no good' })).toThrow(/clusterDomain: "no good"/)
  })
})

describe('what is no target', () => {
  const addresses = [
    '10.0.0.1',
    '10.0.0.1:80',
    '127.1',
    '127.1.',
    '0x7f.1',
    '0X7F000001',
    '017700000001',
    '2130706433',
    '0x',
  ]
  const v6 = ['::1', '[::1]', '[::1]:80', 'fe80::1%eth0', '2001:db8::1', '[nonsense', '::ffff:10.0.0.1']
  test.each([...addresses, ...v6])('the IP address %s is recognised as one', (text) => {
    expect(readTarget(text)).toBeUndefined()
    expect(() => parseTarget(text)).toThrow(/not an IP address/)
  })

  test.each([
    '',
    '.',
    '..',
    'a..b',
    '.a',
    'a.b..',
    '-a',
    'a-',
    'a_b',
    'a b',
    'a\n',
    ' a',
    'ä',
    '\u212a8s',
    `${longest}a`,
    'example.com.au',
    'pod-0.user-service.shop.svc',
    'a.b.svc.cluster',
    'a.b.svc.cluster.local.x',
    'a.b.pod.cluster.local',
    'http://a',
    'a/b',
    'user@a',
    'a:',
    'a:0',
    'a:65536',
    'a:080',
    'a:+80',
    'a:8.1',
    'a:HTTP',
    'a:-x',
    'a:x-',
    'a:x--y',
    'a:1-2',
    'a:abcdefghijklmnop',
    'a:80:80',
    ':80',
  ])('%j is refused with its text in the message', (text) => {
    expect(readTarget(text)).toBeUndefined()
    const error = refusal(() => parseTarget(text))
    expect(error.code).toBe('EVENKEEL_INVALID_TARGET')
    expect(error.fault).toBe('caller')
    expect(error.message).toContain(`${JSON.stringify(text)} (expected: `)
  })

  test('a value that is no text is refused like a bad text', () => {
    expect(refusal(() => parseTarget(undefined as unknown as string)).code).toBe('EVENKEEL_INVALID_TARGET')
    expect(readTarget(null as unknown as string)).toBeUndefined()
  })

  test('everything that a URL parser reads as an IPv4 address is refused', () => {
    const part = fc.oneof(
      fc.nat(0xffffffff).map(String),
      fc.nat(255).map(String),
      fc.nat(255).map((n) => `0x${n.toString(16)}`),
      fc.nat(255).map((n) => `0${n.toString(8)}`),
    )
    const texts = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(URL.canParse(`http://${text}/`))
        expect(readTarget(text)).toBeUndefined()
      }),
    )
  })
})

describe('for any text', () => {
  const alphanumeric = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789')
  const label = fc
    .tuple(alphanumeric, fc.array(fc.oneof(alphanumeric, fc.constant('-')), { maxLength: 61 }), alphanumeric)
    .map(([first, middle, last]) => `${first}${middle.join('')}${last}`)
  const port = fc.oneof(
    fc.constant(undefined),
    fc.integer({ min: 1, max: 65_535 }),
    fc.constantFrom('http', 'grpc', '8080-tls', 'a', 'abcdefghijklmno'),
  )
  const target = fc
    .record({ service: label, namespace: fc.option(label, { nil: undefined }), port })
    // A number for a name reads as an address unless `.svc` is written.
    .filter(({ service }) => !/^(?:0x[0-9a-f]*|[0-9]+)$/.test(service))

  test('what is formatted is read back', () => {
    fc.assert(
      fc.property(target, (one) => {
        expect(parseTarget(formatTarget(one))).toEqual({ ...one, qualified: false })
      }),
    )
  })

  test('what is read and formatted reads the same again', () => {
    fc.assert(
      fc.property(target, fc.boolean(), fc.constantFrom('', '.svc', '.svc.cluster.local'), (one, dot, tail) => {
        const suffix = one.namespace === undefined ? '' : tail
        const text = `${formatTarget({ ...one, port: undefined })}${suffix}${dot ? '.' : ''}`.toUpperCase()
        const read = parseTarget(one.port === undefined ? text : `${text}:${one.port}`)
        expect(read).toEqual({ ...one, qualified: suffix !== '' })
      }),
    )
  })

  test('garbage throws nothing but an EvenkeelError, and readTarget nothing at all', () => {
    const pieces = fc.constantFrom('a', 'B', '1', '0x', '.', ':', '-', '[', ']', 'svc', 'cluster.local', '%', ' ', 'ſ')
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        const read = readTarget(text)
        if (read === undefined) expect(refusal(() => parseTarget(text)).code).toBe('EVENKEEL_INVALID_TARGET')
        else expect(parseTarget(formatTarget(read))).toMatchObject({ ...read, qualified: expect.any(Boolean) })
      }),
      { numRuns: 2_000 },
    )
  })
})

function refusal(run: () => unknown): EvenkeelError {
  try {
    run()
  } catch (error) {
    if (EvenkeelError.is(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}
