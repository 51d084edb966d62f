import { isIPv4 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressRule, isIpv4 } from './address-rule.ts'

test.each([
  '127.0.0.1',
  '127.255.0.9',
  '169.254.169.254',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'febf::1',
  'ff02::1',
  'fd00:ec2::254',
  'FD00:0EC2:0::254',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '',
  '10.0.0',
  '10.0.0.256',
  'localhost',
])('%j is refused', (address) => {
  expect(addressRule()(address)).toBe(false)
})

test.each([
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '8.8.8.8',
  '198.51.100.7',
  'fd00::1',
  '2001:db8::1',
  'fec0::1',
])('%s is allowed', (address) => {
  expect(addressRule()(address)).toBe(true)
})

test('an address or a block that is allowed is not refused, and its neighbours are', () => {
  const rule = addressRule({ allow: ['127.0.0.0/8', '::1', 'fe80::/64'] })
  expect(['127.0.0.1', '::1', 'fe80::1'].map(rule)).toEqual([true, true, true])
  expect(['169.254.0.1', '::', 'fe80:0:0:1::1'].map(rule)).toEqual([false, false, false])
})

test('an entry that is no address and no block is refused by name', () => {
  expect(() => addressRule({ allow: ['10.0.0.1', 'localhost'] })).toThrow('allowAddresses[1]: "localhost" (expected: ')
  expect(() => addressRule({ allow: ['10.0.0.0/33'] })).toThrow('allowAddresses[0]: "10.0.0.0/33" (expected: ')
})

test('an IPv4 address is refused in an IPv6 one whenever it is refused by itself', () => {
  const rule = addressRule()
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(rule(`::ffff:${address}`)).toBe(rule(address))
    }),
  )
})

test('what is an IPv4 address is what Node says', () => {
  const number = fc.constantFrom(
    '0',
    '1',
    '9',
    '10',
    '99',
    '100',
    '249',
    '255',
    '256',
    '999',
    '00',
    '01',
    '1000',
    '',
    ' 1',
    '1e',
    'a',
    '-1',
    '.',
  )
  const nearly = fc.array(number, { minLength: 3, maxLength: 5 }).map((numbers) => numbers.join('.'))
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), nearly, fc.string(), fc.string({ unit: fc.constantFrom(...'0125.') })), (text) => {
      expect(isIpv4(text)).toBe(isIPv4(text))
    }),
    { numRuns: 2_000 },
  )
})
