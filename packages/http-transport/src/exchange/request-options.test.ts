import type { Dispatcher } from 'undici'
import { describe, expect, test } from 'vitest'
import { KeptBody } from './kept-body.ts'
import { asksToClose, headerOf, isRepeatable, rereadable, sendOptions } from './request-options.ts'

type Options = Dispatcher.DispatchOptions

function options(given: Partial<Options>): Options {
  return { path: '/', method: 'GET', ...given }
}

describe('headerOf', () => {
  const shapes: readonly (readonly [string, (name: string) => unknown])[] = [
    ['an object', (name) => ({ accept: '*/*', [name]: '1' })],
    ['a flat list', (name) => ['accept', '*/*', name, '1']],
    [
      'a list of pairs',
      (name) => [
        ['accept', '*/*'],
        [name, '1'],
      ],
    ],
    [
      'an iterable',
      (name) =>
        new Map([
          ['accept', '*/*'],
          [name, '1'],
        ]),
    ],
    ['Headers', (name) => new Headers({ accept: '*/*', [name]: '1' })],
  ]

  test.each(shapes)('finds a name in %s, whatever its case', (_shape, make) => {
    expect(headerOf(make('Idempotency-Key') as Options['headers'], 'idempotency-key')).toBe('1')
    expect(headerOf(make('idempotency-key') as Options['headers'], 'idempotency-key')).toBe('1')
    expect(headerOf(make('x-other') as Options['headers'], 'idempotency-key')).toBeUndefined()
  })

  test('does not take a value for a name', () => {
    expect(headerOf(['x-header', 'idempotency-key'], 'idempotency-key')).toBeUndefined()
    expect(headerOf({ 'x-header': 'idempotency-key' }, 'idempotency-key')).toBeUndefined()
  })

  test('does not find what is not sent', () => {
    expect(headerOf({ 'idempotency-key': undefined }, 'idempotency-key')).toBeUndefined()
    expect(isRepeatable(options({ method: 'POST', headers: { 'idempotency-key': undefined } }))).toBe(false)
  })

  test.each([undefined, null, {}, [], new Map()])('finds nothing in %j', (headers) => {
    expect(headerOf(headers as Options['headers'], 'idempotency-key')).toBeUndefined()
  })
})

describe('isRepeatable', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'])('%s is', (method) => {
    expect(isRepeatable(options({ method: method as Options['method'] }))).toBe(true)
  })

  test.each(['POST', 'PATCH', 'CONNECT', 'get'])('%s is not', (method) => {
    expect(isRepeatable(options({ method: method as Options['method'] }))).toBe(false)
  })

  test('a POST with an Idempotency-Key is', () => {
    expect(isRepeatable(options({ method: 'POST', headers: { 'Idempotency-Key': 'a' } }))).toBe(true)
  })

  test('what the caller says goes first', () => {
    expect(isRepeatable(options({ method: 'GET', idempotent: false }))).toBe(false)
    expect(isRepeatable(options({ method: 'POST', idempotent: true }))).toBe(true)
  })
})

test('HEAD, reset and the header Connection: close ask for the connection to be closed', () => {
  expect(asksToClose(options({ method: 'HEAD' }))).toBe(true)
  expect(asksToClose(options({ reset: true }))).toBe(true)
  expect(asksToClose(options({ reset: false }))).toBe(false)
  expect(asksToClose(options({ headers: { Connection: 'Close' } }))).toBe(true)
  expect(asksToClose(options({ headers: ['connection', 'te, close'] }))).toBe(true)
  expect(asksToClose(options({ headers: { connection: 'keep-alive' } }))).toBe(false)
})

describe('rereadable', () => {
  test('copies headers that can be read only once', () => {
    const headers = new Map([
      ['a', '1'],
      ['b', '2'],
    ])
    const copied = rereadable(options({ headers: headers.entries() }))
    expect(copied.headers).toEqual(['a', '1', 'b', '2'])
  })

  test.each([[undefined], [null], [{ a: '1' }], [['a', '1']], [new Map([['a', '1']])], [new Headers({ a: '1' })]])(
    'leaves %o as it is',
    (headers) => {
      const given = options({ headers: headers as NonNullable<Options['headers']> })
      expect(rereadable(given)).toBe(given)
    },
  )
})

describe('sendOptions', () => {
  test('passes on the caller’s own object where nothing has to change', () => {
    const given = options({ body: 'text' })
    expect(sendOptions(given, undefined)).toBe(given)
  })

  test('takes undici’s head time-out out, and leaves the caller’s object alone', () => {
    const given = options({ headersTimeout: 5 })
    expect(sendOptions(given, undefined)).toEqual({ ...given, headersTimeout: 0 })
    expect(given.headersTimeout).toBe(5)
  })

  test('sends a kept body from its beginning each time', async () => {
    const body = new KeptBody(['a', 'b'], 10)
    for (let times = 0; times < 2; times++) {
      const chunks: unknown[] = []
      for await (const chunk of sendOptions(options({}), body).body as unknown as AsyncIterable<unknown>)
        chunks.push(chunk)
      expect(chunks).toEqual(['a', 'b'])
    }
  })
})
