import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { describe, expect, test } from 'vitest'
import { open, rejection, service, until } from '../testing/field.ts'
import { answerOk, serve } from '../testing/servers.ts'

const origin = `http://${service}`

/** A handler that throws in one of its methods. Resolves to what it hears of its own error. */
function throwing(
  dispatcher: Dispatcher,
  method: keyof Dispatcher.DispatchHandler,
  options: object = {},
): { readonly thrown: Error; readonly heard: Promise<Error> } {
  const thrown = new Error(`from ${method}`)
  const heard = new Promise<Error>((resolve, reject) => {
    const handler = {
      onRequestStart() {},
      onRequestUpgrade: () => reject(new Error('upgraded')),
      onResponseStart() {},
      onResponseData() {},
      onResponseEnd: () => reject(new Error('ended')),
      onResponseError: (_controller: unknown, error: Error) => resolve(error),
    }
    const fail = (): never => {
      throw thrown
    }
    dispatcher.dispatch({ origin, path: '/', method: 'POST', body: 'x', ...options }, { ...handler, [method]: fail })
  })
  return { thrown, heard }
}

describe('a handler that throws hears of its own error, once, and nothing is left in flight', () => {
  test.each<keyof Dispatcher.DispatchHandler>([
    'onRequestStart',
    'onBodySent',
    'onRequestSent',
    'onResponseStart',
    'onResponseData',
    'onResponseEnd',
  ])('in %s', async (method) => {
    const servers = [await serve(answerOk), await serve(answerOk)]
    const field = open(servers.map(({ locator }) => locator))
    const { thrown, heard } = throwing(field.dispatcher, method)
    expect(await heard).toBe(thrown)
    await until(() => field.inFlight === 0)
    expect(servers[1]?.requests).toEqual([])
    expect(field.dispatcher.stats.running).toBe(0)
  })

  test('in onRequestUpgrade, and the socket goes', async () => {
    const server = await serve()
    server.server.on('upgrade', (_request: IncomingMessage, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: law\r\n\r\n')
      socket.pipe(socket)
    })
    const field = open([server.locator])
    const { thrown, heard } = throwing(field.dispatcher, 'onRequestUpgrade', {
      method: 'GET',
      body: null,
      upgrade: 'law',
    })
    expect(await heard).toBe(thrown)
    await until(() => field.inFlight === 0 && server.sockets.size === 0)
  })
})

test.each<keyof Dispatcher.DispatchHandler>([
  'onRequestStart',
  'onBodySent',
  'onRequestSent',
  'onResponseStart',
  'onResponseData',
])('an abort in %s ends the request at once', async (method) => {
  const server = await serve(answerOk)
  const field = open([server.locator])
  const reason = new Error('the caller’s own')
  let abort: () => void = () => {}
  const heard = await new Promise<Error>((resolve, reject) => {
    field.dispatcher.dispatch(
      { origin, path: '/', method: 'POST', body: 'x' },
      {
        onResponseStart() {},
        onResponseData() {},
        onResponseEnd: () => reject(new Error('ended')),
        onResponseError: (_controller, error) => resolve(error),
        [method]: () => abort(),
        onRequestStart(controller) {
          abort = () => controller.abort(reason)
          if (method === 'onRequestStart') abort()
        },
      },
    )
  })
  expect(heard).toBe(reason)
  expect(field.inFlight).toBe(0)
  await until(() => server.sockets.size === 0)
})

test('a length that does not fit its body fails the request, not the process', async () => {
  const server = await serve(answerOk)
  const field = open([server.locator])
  const options = { origin, path: '/', method: 'POST', body: 'abc', headers: { 'content-length': '5' } } as const
  expect(await rejection(field.dispatcher.request(options))).toMatchObject({
    code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  })
  expect(field.inFlight).toBe(0)
  await until(() => server.sockets.size === 0)
  expect(field.peers).toMatchObject([{ standing: 'open' }])
})

test('a new request from within onResponseEnd uses the connection again', async () => {
  const server = await serve(answerOk)
  const { dispatcher } = open([server.locator])
  const answers: number[] = []
  await new Promise<void>((resolve, reject) => {
    const ask = (left: number): void => {
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart: (_controller, code) => void answers.push(code),
        onResponseEnd: () => (left === 0 ? resolve() : ask(left - 1)),
        onResponseError: (_controller, error) => reject(error),
      }
      dispatcher.dispatch({ origin, path: `/${left}`, method: 'GET' }, handler)
    }
    ask(5)
  })
  expect(answers).toEqual([200, 200, 200, 200, 200, 200])
  expect(server.accepted).toBe(1)
})
