import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type FakeClock, fakeClock, seededRandom } from '@evenkeel/core/testing'
import { afterEach, expect, test } from 'vitest'
import { Upgrades } from './upgrades.ts'

const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9])
const maskedClose = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9])
const cleanUp: (() => void)[] = []

afterEach(() => {
  for (const run of cleanUp.splice(0)) run()
})

interface Bench {
  readonly clock: FakeClock
  readonly upgrades: Upgrades
  readonly server: Server
  /** Server sides, in the order of their upgrades. */
  readonly sockets: readonly Duplex[]
  /** A client whose upgrade has reached the server. */
  client(protocol?: string): Promise<Client>
}

class Client {
  readonly socket: Socket
  #heard = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.socket = socket
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        this.#heard = Buffer.concat([this.#heard, chunk])
      })
  }

  async hears(bytes: Buffer): Promise<void> {
    while (!this.#heard.includes(bytes)) await once(this.socket, 'data')
  }
}

async function bench(onUpgrade: (socket: Duplex) => void): Promise<Bench> {
  const clock = fakeClock()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upgrades = new Upgrades({ servers: [server], clock, random: seededRandom(7), ended: () => undefined })
  const sockets: Duplex[] = []
  server.on('upgrade', (_, socket) => {
    sockets.push(socket.on('error', () => undefined))
    onUpgrade(socket)
  })
  cleanUp.push(() => {
    upgrades.destroy()
    server.close().closeAllConnections()
  })
  const client = async (protocol = 'websocket'): Promise<Client> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const made = new Client(socket)
    cleanUp.push(() => socket.destroy())
    const upgraded = once(server, 'upgrade')
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`)
    await upgraded
    return made
  }
  return { clock, upgrades, server, sockets, client }
}

const accept = (socket: Duplex): void => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  socket.resume()
}

test('each WebSocket gets its close frame in its own turn of the spread', async () => {
  const { clock, upgrades, client, sockets } = await bench(accept)
  const clients: Client[] = []
  for (let made = 0; made < 5; made += 1) clients.push(await client())
  const sent = sockets.map((socket) => (socket as Socket).bytesWritten)
  upgrades.close(1_000)
  const told: number[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    clock.advance(turn === 0 ? 199.999 : 200)
    told.push(
      sockets.filter((socket, index) => (socket as Socket).bytesWritten - (sent[index] ?? 0) >= goingAway.length)
        .length,
    )
  }
  expect(told).toEqual([1, 2, 3, 4, 5])
  await Promise.all(clients.map((one) => one.hears(goingAway)))
})

test('a WebSocket whose client answers is ended, and one whose client does not is ended a second later', async () => {
  const { clock, upgrades, client, sockets } = await bench(accept)
  const [polite, silent] = [await client(), await client()]
  upgrades.close(0)
  clock.advance()
  await polite.hears(goingAway)
  await silent.hears(goingAway)
  const heard = once(sockets[0] as Duplex, 'data')
  polite.socket.write(maskedClose)
  await heard
  clock.advance()
  await once(polite.socket, 'close')
  expect(upgrades.size).toBe(1)
  clock.advance(998)
  expect(sockets[1]?.writableEnded).toBe(false)
  clock.advance(2)
  await once(silent.socket, 'close')
})

test('a close frame never comes before the answer to the handshake', async () => {
  const { clock, upgrades, client, sockets } = await bench(() => undefined)
  const waiting = await client()
  upgrades.close(0)
  clock.advance(500)
  expect((sockets[0] as Socket).bytesWritten).toBe(0)
  accept(sockets[0] as Duplex)
  clock.advance(100)
  await waiting.hears(goingAway)
})

test('a WebSocket that comes during the spread is told before its end', async () => {
  const { clock, upgrades, client } = await bench(accept)
  upgrades.close(1_000)
  clock.advance(500)
  const late = await client()
  clock.advance(500)
  await late.hears(goingAway)
})

test('other protocols are counted and left alone', async () => {
  const { clock, upgrades, client, sockets } = await bench(accept)
  await client('something-else')
  const sent = (sockets[0] as Socket).bytesWritten
  upgrades.close(0)
  clock.advance(10_000)
  expect((sockets[0] as Socket).bytesWritten).toBe(sent)
  expect(upgrades.size).toBe(1)
})

test('a server that handles no upgrades goes on answering them as plain requests', async () => {
  const server = createServer((_, response) => response.end('plain')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upgrades = new Upgrades({
    servers: [server],
    clock: fakeClock(),
    random: seededRandom(1),
    ended: () => undefined,
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const client = new Client(socket)
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n')
  await client.hears(Buffer.from('plain'))
  upgrades[Symbol.dispose]()
  server.close().closeAllConnections()
})

test('the end leaves no listener and no timer, and the sockets as they are', async () => {
  const { clock, upgrades, server, client, sockets } = await bench(accept)
  await client()
  upgrades.close(1_000)
  upgrades[Symbol.dispose]()
  expect(clock.pending).toBe(0)
  expect(server.listenerCount('upgrade')).toBe(1)
  expect(server.listenerCount('newListener') + server.listenerCount('removeListener')).toBe(0)
  expect(sockets[0]?.destroyed).toBe(false)
})
