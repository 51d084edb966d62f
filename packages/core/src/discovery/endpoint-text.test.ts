import { expect, test } from 'vitest'
import { parseEndpoint, readEndpoint } from './endpoint-text.ts'

test.each([
  ['10.0.0.1:8080', '10.0.0.1:8080'],
  ['[2001:DB8:0::1]:80', '[2001:db8::1]:80'],
  ['LocalHost:1', 'localhost:1'],
  ['pod_0.docker.:65535', 'pod_0.docker.:65535'],
])('%s is read as %s', (text, locator) => {
  expect(parseEndpoint(text).locator).toBe(locator)
})

test.each([
  '',
  '10.0.0.1',
  ':80',
  '10.0.0.1:',
  '10.0.0.1:0',
  '10.0.0.1:65536',
  '10.0.0.1:080',
  '127.1:80',
  '010.0.0.1:80',
  '256.1.1.1:80',
  '::1:80',
  '[::1]',
  '[1.2.3.4]:80',
  '[]:80',
  'http://a:80',
  'a b:80',
  ' a:80',
  'a:80 ',
  '-a:80',
  'a..b:80',
  'a:http',
])('%j is refused by name', (text) => {
  expect(() => parseEndpoint(text, {}, 'list[3]')).toThrow(`list[3]: ${JSON.stringify(text)} (expected: address:port`)
})

test('an option of an endpoint is refused with the entry it stands in', () => {
  expect(() => readEndpoint({ address: 'a', port: 0 }, 'list[1]')).toThrow('list[1].port: 0 (expected: ')
  expect(() => readEndpoint(null as unknown as string, 'list[1]')).toThrow('list[1]: null (expected: ')
})

test('a finished endpoint is taken as it is', () => {
  const made = parseEndpoint('a:1', { zone: 'z' })
  expect(readEndpoint(made, 'x')).toBe(made)
})
