import { BalancedPool, Client, Pool, RoundRobinPool } from 'undici'
import { expect, test } from 'vitest'
import { refuseUndiciOptions } from './undici-options.ts'

// Refused by undici as well, with advice of its own.
const gone = ['socketTimeout', 'requestTimeout', 'idleTimeout', 'keepAlive', 'maxKeepAliveTimeout']

/** The names that the constructor of a class of undici takes out of its options: its types do not have all of them. */
function optionsOf(type: unknown): readonly string[] {
  const [, list = ''] = /constructor \(\w+(?: = \[\])?, \{([^}]*)\}/.exec(String(type)) ?? []
  return [...list.replaceAll(/\/\/.*|\.\.\.\w+/g, '').matchAll(/(\w+)(?: = \w+)?/g)].map(([, name]) => name as string)
}

const names = new Set([Client, Pool, RoundRobinPool, BalancedPool].flatMap(optionsOf))

test('the constructors of undici name their options', () => {
  expect([...names]).toEqual(expect.arrayContaining(['headersTimeout', 'connections', 'factory', 'clientTtl', 'tls']))
})

test.each([...names].filter((name) => !gone.includes(name) && name !== 'connections' && name !== 'connect'))(
  'the option %s of undici is refused',
  (name) => {
    expect(() => refuseUndiciOptions({ [name]: 1 })).toThrow(`${name} is an option of undici (expected: `)
  },
)

test.each([
  [{ headersTimeout: 5_000 }, 'headersTimeout is an option of undici (expected: headMs)'],
  [{ connections: 10 }, 'connections is an option of undici (expected: connections: { perPeer: 10 })'],
  [{ connect: () => {} }, 'connect is an option of undici (expected: connect: TLS and socket options)'],
])('%j is refused with its name here', (options, message) => {
  expect(() => refuseUndiciOptions(options)).toThrow(`EVENKEEL_INVALID_OPTION: ${message}`)
})

test('our own options pass, and what is not given', () => {
  const own = { connections: { perPeer: 1 }, connect: { ca: 'text' }, headMs: 1, headersTimeout: undefined, tls: null }
  expect(() => refuseUndiciOptions(own)).not.toThrow()
})
