import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import { events } from '../../events.ts'
import { recordSets } from '../../testing/record-sets.ts'
import { parseTarget } from '../target.ts'
import { environment, type Variables } from './environment.ts'

const service: Variables = {
  USER_SERVICE_SERVICE_HOST: '10.96.0.7',
  USER_SERVICE_SERVICE_PORT: '8080',
  USER_SERVICE_SERVICE_PORT_HTTP: '8080',
  USER_SERVICE_SERVICE_PORT_GRPC_WEB: '9090',
}
const links: Variables = {
  LEGACY_PORT: 'tcp://10.96.0.8:80',
  LEGACY_PORT_80_TCP: 'tcp://10.96.0.8:80',
  LEGACY_PORT_80_TCP_ADDR: '10.96.0.8',
  LEGACY_PORT_80_TCP_PORT: '80',
  LEGACY_PORT_443_TCP_ADDR: '10.96.0.9',
  LEGACY_PORT_443_TCP_PORT: '443',
}

function locator(variables: Variables, text: string, namespace?: string): string | undefined {
  const resolver = environment({ variables, namespace })
  const target = parseTarget(text)
  const [endpoint] = recordSets(resolver, target).last().endpoints
  expect(resolver.claims(target)).toBe(endpoint !== undefined)
  return endpoint?.locator
}

describe('the variables of a Service', () => {
  test.each([
    ['user-service', '10.96.0.7:8080'],
    ['user-service:http', '10.96.0.7:8080'],
    ['user-service:grpc-web', '10.96.0.7:9090'],
    ['user-service:8080', '10.96.0.7:8080'],
    ['user-service:9090', '10.96.0.7:9090'],
    ['user-service:smtp', undefined],
    ['user-service:25', undefined],
    ['other', undefined],
  ])('%s is at %s', (text, expected) => {
    expect(locator(service, text)).toBe(expected)
  })

  test('may hold an IPv6 address', () => {
    expect(locator({ A_SERVICE_HOST: 'FD00::1', A_SERVICE_PORT: '80' }, 'a')).toBe('[fd00::1]:80')
  })
})

describe('Docker links', () => {
  test.each([
    ['legacy', '10.96.0.8:80'],
    ['legacy:80', '10.96.0.8:80'],
    ['legacy:443', '10.96.0.9:443'],
    ['legacy:8080', undefined],
    ['legacy:http', undefined],
  ])('%s is at %s', (text, expected) => {
    expect(locator(links, text)).toBe(expected)
  })

  test('without the URL a single link answers for the only port, several do not', () => {
    const { LEGACY_PORT: _, ...several } = links
    const { LEGACY_PORT_443_TCP_ADDR: __, ...single } = several
    expect(locator(single, 'legacy')).toBe('10.96.0.8:80')
    expect(locator(several, 'legacy')).toBeUndefined()
  })

  test('the URL alone is enough, also with IPv6', () => {
    expect(locator({ A_PORT: 'tcp://[fd00::1]:80' }, 'a:80')).toBe('[fd00::1]:80')
  })

  test.each([
    '8080',
    '10.0.0.1:80',
    'udp://10.0.0.1:53',
    'http://10.0.0.1:80',
    'tcp://10.0.0.1',
    'tcp://10.0.0.1:80/x',
    'tcp://:80',
    '',
  ])('A_PORT=%s is not read', (value) => {
    expect(locator({ A_PORT: value }, 'a')).toBeUndefined()
  })
})

describe('variables that run into each other', () => {
  test('the link of foo-service is not the port of foo', () => {
    const variables = {
      FOO_SERVICE_HOST: '10.0.0.1',
      FOO_SERVICE_PORT: 'tcp://10.0.0.2:80',
      FOO_SERVICE_PORT_80_TCP_PORT: '80',
    }
    expect(locator(variables, 'foo')).toBeUndefined()
    expect(locator(variables, 'foo:80')).toBeUndefined()
    expect(locator(variables, 'foo-service')).toBe('10.0.0.2:80')
  })

  test('the port of foo is not the link of foo-service', () => {
    expect(locator({ FOO_SERVICE_HOST: '10.0.0.1', FOO_SERVICE_PORT: '80' }, 'foo-service')).toBeUndefined()
  })

  test.each([
    { A_SERVICE_HOST: 'no host', A_SERVICE_PORT: '80' },
    { A_SERVICE_HOST: '10.0.0.1' },
    { A_SERVICE_HOST: '10.0.0.1', A_SERVICE_PORT: '0' },
  ])('%j names nothing', (variables) => {
    expect(locator(variables, 'a')).toBeUndefined()
  })
})

describe('namespaces', () => {
  test('only the own namespace has variables', () => {
    expect(locator(service, 'user-service.shop', 'shop')).toBe('10.96.0.7:8080')
    expect(locator(service, 'user-service.bank', 'shop')).toBeUndefined()
    expect(locator(service, 'user-service.shop')).toBeUndefined()
  })

  test('those of the API server are of the namespace default, wherever the pod is', () => {
    const variables = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
    expect(locator(variables, 'kubernetes.default', 'shop')).toBe('10.96.0.1:443')
    expect(locator(variables, 'kubernetes.shop', 'shop')).toBeUndefined()
    expect(locator(variables, 'kubernetes', 'shop')).toBeUndefined()
    expect(locator(variables, 'kubernetes', 'default')).toBe('10.96.0.1:443')
  })
})

test('the endpoint is virtual, and a warning says so once per resolver', async () => {
  const heard: unknown[] = []
  const listener = (message: unknown) => heard.push(message)
  const resolver = environment({ variables: { ...service, ...links } })
  // Nobody listens yet: this does not use the one warning up.
  const quiet = recordSets(resolver, 'user-service')
  subscribe(events.warning.name, listener)
  try {
    recordSets(resolver, 'other')
    recordSets(resolver, 'legacy:80')
    recordSets(resolver, 'user-service')
  } finally {
    unsubscribe(events.warning.name, listener)
  }
  expect(quiet.last().endpoints).toMatchObject([{ virtual: true }])
  expect(heard).toMatchObject([
    {
      code: 'EVENKEEL_VIRTUAL_ADDRESS',
      service: 'legacy:80',
      text: expect.stringContaining('enableServiceLinks: false'),
    },
  ])
})

test('the variables of the process are the default', () => {
  expect(environment().claims(parseTarget('no-such-service-anywhere'))).toBe(false)
})
