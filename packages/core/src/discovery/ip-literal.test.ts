import { expect, test } from 'vitest'
import { canonicalIpv6, isIpv4, looksLikeIp } from './ip-literal.ts'

test.each(['1.2.3.4', '127.1', '0x7f.0.1', '300.1', '1', '1.', '[', 'a::b', '1:2:3'])(
  '%s looks like an address',
  (text) => {
    expect(looksLikeIp(text)).toBe(true)
  },
)

test.each(['1pay', '0xyz', 'a.1', '1.a', '1.2.3.4.5', 'a:1', ''])('%s does not look like an address', (text) => {
  expect(looksLikeIp(text)).toBe(false)
})

test('only four plain decimal numbers are an IPv4 address', () => {
  expect(['0.0.0.0', '255.255.255.255', '10.0.0.1'].every(isIpv4)).toBe(true)
  expect(['256.0.0.1', '1.2.3', '1.2.3.4.', '01.2.3.4', '1.2.3.4.5', '', '0x1.2.3.4'].some(isIpv4)).toBe(false)
})

test('an IPv6 address has one shortest form', () => {
  expect(canonicalIpv6('2001:DB8:0:0::0001')).toBe('2001:db8::1')
  expect(canonicalIpv6('::')).toBe('::')
  expect(canonicalIpv6('fe80::1%eth0')).toBe('fe80::1%eth0')
  expect(['1.2.3.4', ':', ':::', '1::2::3', 'g::1', '[::1]', ''].map(canonicalIpv6)).toEqual(Array(7).fill(undefined))
})
