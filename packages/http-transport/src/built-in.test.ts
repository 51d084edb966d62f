import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { modernHandler, modernOptions } from './built-in.ts'

type Headers = NonNullable<Dispatcher.DispatchOptions['headers']>

const request = (headers: Headers) => ({ origin: 'http://a', path: '/', method: 'POST', headers }) as const

test.each<readonly [Headers, Headers]>([
  [
    { 'content-length': '3, 3', 'x-a': '1' },
    { 'content-length': '3', 'x-a': '1' },
  ],
  [{ 'Content-Length': '12, 12' }, { 'Content-Length': '12' }],
  [{ 'content-length': '3' }, { 'content-length': '3' }],
  // Two lengths are two requests in one (request smuggling): refused by undici, never repaired.
  [{ 'content-length': '3, 4' }, { 'content-length': '3, 4' }],
  [{ 'content-length': '3, 3, 4' }, { 'content-length': '3, 3, 4' }],
  [
    ['content-length', '3, 3'],
    ['content-length', '3, 3'],
  ],
  [{ 'x-a': '3, 3' }, { 'x-a': '3, 3' }],
])('of a wrapped handler the headers %j are sent as %j', (headers, sent) => {
  expect(modernOptions(request(headers), true)).toEqual({ ...request(sent), allowH2: false })
})

test("what comes through undici's own wrapper is treated the same", () => {
  const options = { ...request({ 'content-length': '3, 3' }), allowH2: false }
  expect(modernOptions(options, false).headers).toEqual({ 'content-length': '3' })
})

test('options without headers stay without', () => {
  expect(modernOptions({ origin: 'http://a', path: '/', method: 'GET' }, true)).not.toHaveProperty('headers')
})

test("undici 8's own requests are not touched", () => {
  const options = request({ 'content-length': '3, 3' })
  const handler = { onRequestStart() {} }
  expect([modernOptions(options, false) === options, modernHandler(handler) === handler]).toEqual([true, true])
})
