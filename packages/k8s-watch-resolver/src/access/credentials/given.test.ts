import { expect, test } from 'vitest'
import { rejection } from '../testing/servers.ts'
import { given } from './given.ts'

test('a token may be a text, a function or missing', async () => {
  const url = 'http://127.0.0.1:8001'
  const header = async (token?: string | (() => string | Promise<string>)): Promise<string | undefined> =>
    (await given({ url, token }).show()).headers.authorization
  expect(await header('text')).toBe('Bearer text')
  expect(await header(() => 'called\n')).toBe('Bearer called')
  expect(await header(async () => 'awaited')).toBe('Bearer awaited')
  expect(await header()).toBeUndefined()
})

test('a function is asked each time', async () => {
  let times = 0
  const credentials = given({ url: 'http://127.0.0.1:8001', token: () => String(++times) })
  await credentials.show()
  expect((await credentials.show()).headers.authorization).toBe('Bearer 2')
})

test('a function that fails is a failure with its cause', async () => {
  const cause = new Error('vault is sealed')
  const { show } = { show: () => given({ url: 'http://127.0.0.1:8001', token: () => Promise.reject(cause) }).show() }
  expect(await rejection(show())).toMatchObject({ kind: 'credentials', cause })
})

test('the trust stays the same object, so that connections are kept', async () => {
  const credentials = given({ url: 'https://127.0.0.1:6443', certificateAuthority: 'PEM', namespace: 'shop' })
  const [one, other] = [await credentials.show(), await credentials.show()]
  expect(one.trust).toEqual({ ca: 'PEM' })
  expect(one.trust).toBe(other.trust)
  expect(credentials.namespace).toBe('shop')
})

test.each([
  ['https://10.0.0.1:443/', 'https://10.0.0.1'],
  ['https://[fd00::1]:6443', 'https://[fd00::1]:6443'],
  ['https://proxy.test/k8s/clusters/one/', 'https://proxy.test/k8s/clusters/one'],
])('the URL %s is %s', (url, expected) => {
  expect(given({ url }).url).toBe(expected)
})

test.each(['10.0.0.1:443', 'ftp://10.0.0.1', 'https://user:secret@10.0.0.1', 'https://10.0.0.1/?secret', ''])(
  'the URL %j is refused, without what may be secret in it',
  (url) => {
    expect(() => given({ url })).toThrow(/EVENKEEL_INVALID_OPTION: access\.url: .*expected: http:\/\/host:port/)
    expect(() => given({ url })).not.toThrow(/secret/)
  },
)
