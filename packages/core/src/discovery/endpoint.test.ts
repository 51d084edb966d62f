import { expect, test } from 'vitest'
import { endpoint, sameEndpoint } from './endpoint.ts'

test('an endpoint is frozen and has a default for everything but its place', () => {
  const made = endpoint({ address: '10.0.0.1', port: 80 })
  expect(Object.isFrozen(made)).toBe(true)
  expect(made).toEqual({
    locator: '10.0.0.1:80',
    address: '10.0.0.1',
    port: 80,
    uid: undefined,
    hashKey: '10.0.0.1:80',
    virtual: false,
    zone: undefined,
    node: undefined,
    hints: undefined,
    weight: 1,
    condition: 'ready',
  })
})

test('two spellings of an address give one locator', () => {
  expect(endpoint({ address: '2001:DB8:0::1', port: 1 }).locator).toBe('[2001:db8::1]:1')
  expect(endpoint({ address: 'Pod-0.Example', port: 1 }).locator).toBe('pod-0.example:1')
})

test.each(['', '10.0.0.1:80', '[::1]', 'a b', 'http://a', 'a/b', 'u@a'])('the address %j is refused', (address) => {
  expect(() => endpoint({ address, port: 80 })).toThrow(/address: ".*" \(expected: /)
})

test.each([0, 65_536, 1.5, Number.NaN, '80'])('the port %s is refused', (port) => {
  expect(() => endpoint({ address: 'a', port: port as number })).toThrow(/port: .* \(expected: a whole number/)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('the weight %s is refused', (weight) => {
  expect(() => endpoint({ address: 'a', port: 80, weight })).toThrow(/weight: .* \(expected: a number above 0/)
})

test('endpoints that say the same are the same, and any other word makes them different', () => {
  const base = { address: '10.0.0.1', port: 80, hints: { zones: ['a'], nodes: [] } }
  expect(sameEndpoint(endpoint(base), endpoint({ ...base, hints: { zones: ['a'], nodes: [] } }))).toBe(true)
  const others = [
    { port: 81 },
    { uid: 'u' },
    { hashKey: 'k' },
    { virtual: true },
    { zone: 'z' },
    { node: 'n' },
    { weight: 2 },
    { condition: 'unready' as const },
    { hints: undefined },
    { hints: { zones: ['b'], nodes: [] } },
    { hints: { zones: ['a'], nodes: ['n'] } },
  ]
  for (const other of others) expect(sameEndpoint(endpoint(base), endpoint({ ...base, ...other }))).toBe(false)
})
