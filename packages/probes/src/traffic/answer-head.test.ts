import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { addAtHead, type Header } from './answer-head.ts'

const extra: readonly Header[] = [
  ['connection', 'close'],
  ['evenkeel-drain', '1'],
]

/** The answer's header lines but `Date`, when `listener` writes it and `addAtHead` has been called before. */
async function linesOf(listener: RequestListener, headers: readonly Header[] = extra): Promise<readonly string[]> {
  const server = createServer((request, response) => {
    addAtHead(response, () => headers)
    listener(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const [response] = (await once(get({ port: (server.address() as AddressInfo).port, agent: false }), 'response')) as [
    IncomingMessage,
  ]
  await once(response.resume(), 'end')
  server.close()
  const { rawHeaders } = response
  return rawHeaders
    .flatMap((name, index) => (index % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`] : []))
    .filter((line) => !line.startsWith('date:'))
    .concat(`${response.statusCode} ${response.statusMessage}`)
    .sort()
}

const both = ['connection: close', 'evenkeel-drain: 1']

test.each<readonly [string, RequestListener, readonly string[]]>([
  ['an implicit head', (_, response) => response.end(), ['200 OK', 'content-length: 0']],
  [
    'setHeader',
    (_, response) => response.setHeader('Connection', 'keep-alive').setHeader('x-a', '1').end(),
    ['200 OK', 'content-length: 0', 'x-a: 1'],
  ],
  ['writeHead with a status alone', (_, response) => response.writeHead(204).end(), ['204 No Content']],
  [
    'writeHead with words',
    (_, response) => response.writeHead(404, 'Gone fishing').end(),
    ['404 Gone fishing', 'transfer-encoding: chunked'],
  ],
  [
    'an object',
    (_, response) => response.writeHead(200, { Connection: 'keep-alive', 'x-a': '1', 'content-length': 0 }).end(),
    ['200 OK', 'content-length: 0', 'x-a: 1'],
  ],
  [
    'words and an object',
    (_, response) => response.writeHead(200, 'Fine', { 'x-a': ['1', '2'], 'content-length': 0 }).end(),
    ['200 Fine', 'content-length: 0', 'x-a: 1', 'x-a: 2'],
  ],
  [
    'a flat array',
    (_, response) =>
      response
        .writeHead(200, ['Connection', 'keep-alive', 'set-cookie', 'a', 'set-cookie', 'b', 'content-length', '0'])
        .end(),
    ['200 OK', 'content-length: 0', 'set-cookie: a', 'set-cookie: b'],
  ],
  [
    'an array of pairs',
    (_, response) =>
      response
        .writeHead(200, [
          ['connection', 'keep-alive'],
          ['set-cookie', ['a', 'b']],
          ['content-length', '0'],
        ] as unknown as string[])
        .end(),
    ['200 OK', 'content-length: 0', 'set-cookie: a', 'set-cookie: b'],
  ],
  [
    'setHeader and an array',
    (_, response) =>
      response
        .setHeader('x-a', '1')
        .setHeader('connection', 'keep-alive')
        .writeHead(200, ['x-a', '2', 'content-length', '0'])
        .end(),
    ['200 OK', 'content-length: 0', 'x-a: 2'],
  ],
  [
    'a removed connection header',
    (_, response) => {
      response.removeHeader('connection')
      response.end()
    },
    ['200 OK', 'content-length: 0'],
  ],
])('is added to %s, over what the application says', async (_, listener, expected) => {
  expect(await linesOf(listener)).toEqual([...expected, ...both].sort())
})

test('leaves an answer as it is when there is nothing to add', async () => {
  expect(
    await linesOf((_, response) => response.writeHead(200, { Connection: 'close', 'content-length': 0 }).end(), []),
  ).toEqual(['200 OK', 'connection: close', 'content-length: 0'])
})

test('leaves the head of an upgrade as it is', async () => {
  const server = createServer((_, response) => {
    addAtHead(response, () => extra)
    response.writeHead(101, { Connection: 'Upgrade', Upgrade: 'other' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request = get({ port: (server.address() as AddressInfo).port, agent: false })
  const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket]
  expect(response.headers).toMatchObject({ connection: 'Upgrade', upgrade: 'other' })
  expect(response.headers).not.toHaveProperty('evenkeel-drain')
  socket.destroy()
  server.close()
})

test('leaves a second head to Node to refuse', async () => {
  let refused: unknown
  await linesOf((_, response) => {
    response.writeHead(200)
    try {
      response.writeHead(201)
    } catch (error) {
      refused = error
    }
    response.end()
  })
  expect(refused).toMatchObject({ code: 'ERR_HTTP_HEADERS_SENT' })
})

test('leaves an array of odd length to Node to refuse', async () => {
  let refused: unknown
  await linesOf((_, response) => {
    try {
      response.setHeader('x-a', '1').writeHead(200, ['connection'])
    } catch (error) {
      refused = error
    }
    response.end()
  })
  expect(refused).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' })
})
