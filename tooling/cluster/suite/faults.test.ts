import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { buffer, text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { cut } from '../src/faults/cut.ts'
import { slow } from '../src/faults/slow.ts'

/** What came in, in order, and a promise of when there is enough. */
class Inbox extends EventEmitter {
  readonly received: string[] = []

  add(message: string): void {
    this.received.push(message)
    this.emit('message')
  }

  async has(count: number): Promise<readonly string[]> {
    while (this.received.length < count) await once(this, 'message')
    return this.received
  }
}

/** A TCP server of this namespace; ends with the test. */
async function listen(address: string, onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onConnection).listen(0, address)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A TCP connection of this namespace that stands; ends with the test. */
async function open(localAddress: string, host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, localAddress, allowHalfOpen: true })
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  return socket
}

/** A UDP server of this namespace that says who sent it what. */
async function listenUdp(address: string, inbox: Inbox, port = 0): Promise<number> {
  const socket = createSocket('udp4')
  socket.on('message', (message, { address }) => inbox.add(`${message} from ${address}`))
  onTestFinished(() => void socket.close())
  socket.bind(port, address)
  await once(socket, 'listening')
  return socket.address().port
}

/** Resolves once the kernel has taken it, rejects with what it tells the sender. */
async function sendUdp(localAddress: string, address: string, port: number, message: string): Promise<void> {
  const socket = createSocket('udp4').bind(0, localAddress)
  await once(socket, 'listening')
  try {
    await new Promise<void>((resolve, reject) =>
      socket.send(message, port, address, (error) => (error === null ? resolve() : reject(error))),
    )
  } finally {
    socket.close()
  }
}

function promised<T>(): { readonly promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let settle: Pick<ReturnType<typeof promised<T>>, 'resolve' | 'reject'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...(settle as unknown as NonNullable<typeof settle>) }
}

function run(...[program = '', ...parameters]: readonly string[]): string {
  return execFileSync(program, parameters, { encoding: 'utf8' })
}

/** Rules of a chain. */
function rules(table: string, name: string): readonly string[] {
  return run('iptables', '-w', '-t', table, '-S', name).trim().split('\n').slice(1)
}

/** A program in a network namespace of its own, as a pod is: behind a pair of interfaces, at an address of the pod network. */
async function startPod(
  address: string,
  program: string,
): Promise<{ readonly child: ChildProcess; readonly inbox: Inbox }> {
  const waiting = `process.stdin.once('data', () => { ${program} }); console.log('here')`
  const child = spawn('unshare', ['--net', process.execPath, '-e', waiting], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const inbox = new Inbox()
  createInterface(child.stdout).on('line', (line) => inbox.add(line))
  await inbox.has(1)
  inbox.received.length = 0
  const outside = `pod${child.pid}`
  run('ip', 'link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${child.pid}`)
  run('ip', 'link', 'set', outside, 'up')
  run('ip', 'route', 'add', 'unicast', address, 'dev', outside, 'table', 'local', 'scope', 'link')
  const inside = (...words: readonly string[]): string => run('nsenter', '-t', `${child.pid}`, '-n', 'ip', ...words)
  inside('link', 'set', 'lo', 'up')
  inside('link', 'set', 'eth0', 'up')
  inside('addr', 'add', `${address}/32`, 'dev', 'eth0')
  inside('route', 'add', '198.18.254.1', 'dev', 'eth0')
  inside('route', 'add', 'default', 'via', '198.18.254.1')
  run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
  child.stdin.write('go\n')
  return { child, inbox }
}

// One says what comes to it, the other one sends what it is told and says when the kernel has it.
const podServer = `
  require('net').createServer((socket) => socket.on('data', (data) => console.log(String(data)))).listen(8080, () => console.log('listens'))
`
const podClient = (host: string): string => `
  const socket = require('net').connect(8080, '${host}', () => console.log('connected'))
  process.stdin.on('data', (data) => socket.write(data, () => console.log('sent')))
`

test('a cut holds what a standing connection sends in both directions, and mending lets it through', async () => {
  const atServer = new Inbox()
  const sockets = new Map<string, Socket>()
  const port = await listen('198.18.0.31', (socket) => {
    sockets.set(socket.remoteAddress ?? '', socket)
    socket.on('data', (data) => atServer.add(String(data)))
  })
  const cutOff = await open('198.18.0.32', '198.18.0.31', port)
  const free = await open('198.18.0.33', '198.18.0.31', port)
  const atClients = new Inbox()
  for (const socket of [cutOff, free]) socket.on('data', (data) => atClients.add(String(data)))
  cutOff.write('hello')
  await atServer.has(1)

  const fault = await cut('198.18.0.31', '198.18.0.32')
  cutOff.write('held')
  free.write('through')
  // Loopback delivers in the order of sending, so what was not cut would have come first.
  expect(await atServer.has(2)).toEqual(['hello', 'through'])
  sockets.get('198.18.0.32')?.write('answer, held')
  sockets.get('198.18.0.33')?.write('answer')
  expect(await atClients.has(1)).toEqual(['answer'])

  await fault.mend()
  expect(await atServer.has(3)).toEqual(['hello', 'through', 'held'])
  expect(await atClients.has(2)).toEqual(['answer', 'answer, held'])
})

test('a cut of ranges takes every address in them; what is lost stays lost, and its sender is not told', async () => {
  const inbox = new Inbox()
  const port = await listenUdp('198.18.0.31', inbox)
  {
    await using _fault = await cut('198.18.5.0/24', '198.18.0.0/24')
    await sendUdp('198.18.5.7', '198.18.0.31', port, 'lost')
    await sendUdp('198.18.5.200', '198.18.0.31', port, 'lost')
    await sendUdp('198.18.6.7', '198.18.0.31', port, 'arrives')
    expect(await inbox.has(1)).toEqual(['arrives from 198.18.6.7'])
  }
  await sendUdp('198.18.5.7', '198.18.0.31', port, 'arrives again')
  expect(await inbox.has(2)).toEqual(['arrives from 198.18.6.7', 'arrives again from 198.18.5.7'])
})

test('a cut of one protocol at one port leaves the other protocol and other ports', async () => {
  const inbox = new Inbox()
  const port = await listen('198.18.0.31', (socket) => socket.on('data', (data) => inbox.add(`tcp ${data}`)))
  await listenUdp('198.18.0.31', inbox, port)
  const other = await listenUdp('198.18.0.31', inbox)
  const socket = await open('198.18.0.32', '198.18.0.31', port)
  {
    await using _fault = await cut('198.18.0.32', '198.18.0.31', { port, protocol: 'udp' })
    await sendUdp('198.18.0.32', '198.18.0.31', port, 'lost')
    await sendUdp('198.18.0.32', '198.18.0.31', other, 'other port')
    await inbox.has(1)
    socket.write('stays')
    expect(await inbox.has(2)).toEqual(['other port from 198.18.0.32', 'tcp stays'])
  }
  await using fault = await cut('198.18.0.32', '198.18.0.31', { port, protocol: 'tcp' })
  socket.write('held')
  await sendUdp('198.18.0.32', '198.18.0.31', port, 'stays')
  expect((await inbox.has(3)).slice(2)).toEqual(['stays from 198.18.0.32'])
  await fault.mend()
  expect((await inbox.has(4)).slice(3)).toEqual(['tcp held'])
})

test('a cut of a port without a protocol takes both', async () => {
  await using _fault = await cut('198.18.0.32', '198.18.0.31', { port: 53 })
  expect(rules('mangle', 'EVENKEEL-CUT').map((rule) => /-p (\w+) .*--([ds]port) 53/.exec(rule)?.slice(1))).toEqual([
    ['tcp', 'dport'],
    ['tcp', 'sport'],
    ['udp', 'dport'],
    ['udp', 'sport'],
  ])
})

test('a second cut of the same places outlives the first one; mending twice mends nothing else', async () => {
  const inbox = new Inbox()
  const port = await listenUdp('198.18.0.31', inbox)
  const first = await cut('198.18.0.32', '198.18.0.31')
  const second = await cut('198.18.0.32', '198.18.0.31')
  await first.mend()
  await first.mend()
  await sendUdp('198.18.0.32', '198.18.0.31', port, 'lost')
  await second.mend()
  await sendUdp('198.18.0.32', '198.18.0.31', port, 'arrives')
  expect(await inbox.has(1)).toEqual(['arrives from 198.18.0.32'])
  expect(rules('mangle', 'EVENKEEL-CUT')).toEqual([])
})

test('a cut stands before rules that others have put first meanwhile', async () => {
  const inbox = new Inbox()
  const port = await listenUdp('198.18.0.31', inbox)
  await (await cut('198.18.0.32', '198.18.0.31')).mend()
  run('iptables', '-w', '-t', 'mangle', '-I', 'INPUT', '1', '-j', 'ACCEPT')
  onTestFinished(() => void run('iptables', '-w', '-t', 'mangle', '-D', 'INPUT', '-j', 'ACCEPT'))
  await using _fault = await cut('198.18.0.32', '198.18.0.31')
  await sendUdp('198.18.0.32', '198.18.0.31', port, 'lost')
  await sendUdp('198.18.0.33', '198.18.0.31', port, 'arrives')
  expect(await inbox.has(1)).toEqual(['arrives from 198.18.0.33'])
  expect(rules('mangle', 'INPUT')).toEqual(['-A INPUT -j EVENKEEL-CUT', '-A INPUT -j ACCEPT'])
})

test('a cut between two pods behind interfaces takes what is forwarded, and one to a pod what this namespace sends', async () => {
  const server = await startPod('198.18.7.2', podServer)
  await server.inbox.has(1)
  const client = await startPod('198.18.7.3', podClient('198.18.7.2'))
  await client.inbox.has(1)
  const own = await open('198.18.0.32', '198.18.7.2', 8080)
  const fault = await cut('198.18.7.3', '198.18.7.2')
  client.child.stdin?.write('held')
  // It says that it has sent before anybody else sends.
  expect(await client.inbox.has(2)).toEqual(['connected', 'sent'])
  own.write('own')
  expect(await server.inbox.has(2)).toEqual(['listens', 'own'])
  await fault.mend()
  expect(await server.inbox.has(3)).toEqual(['listens', 'own', 'held'])
  await using second = await cut('198.18.0.0/24', '198.18.7.2')
  own.write('own, held')
  client.child.stdin?.write('forwarded')
  expect((await server.inbox.has(4)).slice(3)).toEqual(['forwarded'])
  await second.mend()
  expect((await server.inbox.has(5)).slice(4)).toEqual(['own, held'])
})

test('a cut that cannot be is named with what was expected', async () => {
  const range = 'an IPv4 address or a CIDR such as 198.18.1.0/24'
  await expect(cut('shop', '198.18.0.1')).rejects.toThrow(`first: shop (expected: ${range})`)
  await expect(cut('198.18.0.1', '198.18.0.1/33')).rejects.toThrow(`second: 198.18.0.1/33 (expected: ${range})`)
  await expect(cut('198.18.0.1', '198.18.0.1/8/8')).rejects.toThrow('second: 198.18.0.1/8/8')
  await expect(cut('198.18.0.1', '::1')).rejects.toThrow('second: ::1')
  const port = cut('198.18.0.1', '198.18.0.2', { port: 0 })
  await expect(port).rejects.toThrow('port: 0 (expected: a whole number from 1 to 65535)')
  const protocol = cut('198.18.0.1', '198.18.0.2', { protocol: 'icmp' as 'tcp' })
  await expect(protocol).rejects.toThrow('protocol: icmp (expected: tcp, udp)')
})

/** A server that answers each message, with who sent it. */
function echo(address: string): Promise<number> {
  return listen(address, (socket) => {
    socket.on('data', (data) => socket.write(`${data} from ${socket.remoteAddress}`))
    socket.on('end', () => socket.end()).on('error', () => {})
  })
}

async function answer(socket: Socket, message: string): Promise<string> {
  socket.write(message)
  const [data] = (await once(socket, 'data')) as [Buffer]
  return String(data)
}

test('an answer over a slow path takes no less than the delay of both directions', async () => {
  const port = await echo('198.18.0.41')
  await using _fault = await slow('198.18.0.41', port, { delayMs: 40 })
  const socket = await open('198.18.0.42', '198.18.0.41', port)
  const sentAt = performance.now()
  expect(await answer(socket, 'hello')).toBe('hello from 198.18.253.1')
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(80)
})

test('bytes come in order, all of them, also more than a line holds', async () => {
  const received = promised<Buffer>()
  const port = await listen('198.18.0.41', (socket) => void buffer(socket).then(received.resolve, received.reject))
  await using _fault = await slow('198.18.0.41', port, { delayMs: 5 })
  const socket = await open('198.18.0.42', '198.18.0.41', port)
  const sent = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, index) => index).buffer)
  socket.end(sent)
  expect((await received.promise).equals(sent)).toBe(true)
})

test('a narrow path carries no more than it says', async () => {
  const received = promised<Buffer>()
  const port = await listen('198.18.0.41', (socket) => void buffer(socket).then(received.resolve, received.reject))
  await using _fault = await slow('198.18.0.41', port, { delayMs: 0, bytesPerSecond: 10_000 })
  const socket = await open('198.18.0.42', '198.18.0.41', port)
  const sentAt = performance.now()
  socket.end(Buffer.alloc(1_000))
  expect((await received.promise).length).toBe(1_000)
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(100)
})

test('the end of one direction leaves the other one open', async () => {
  const port = await listen('198.18.0.41', (socket) => void text(socket).then((all) => socket.end(`got ${all}`)))
  await using _fault = await slow('198.18.0.41', port, { delayMs: 5 })
  const socket = await open('198.18.0.42', '198.18.0.41', port)
  socket.end('everything')
  expect(await text(socket)).toBe('got everything')
})

test('a reset of either side is one for the other', async () => {
  const atServer = new Inbox()
  const sockets: Socket[] = []
  const port = await listen('198.18.0.41', (socket) => {
    sockets.push(socket)
    socket.on('error', ({ message }) => atServer.add(message)).on('data', (data) => atServer.add(String(data)))
  })
  await using _fault = await slow('198.18.0.41', port, { delayMs: 5 })
  const first = await open('198.18.0.42', '198.18.0.41', port)
  first.write('hello')
  await atServer.has(1)
  first.resetAndDestroy()
  expect(await atServer.has(2)).toEqual(['hello', 'read ECONNRESET'])
  const second = await open('198.18.0.42', '198.18.0.41', port)
  second.write('hello')
  await atServer.has(3)
  const failed = once(second, 'data')
  sockets[1]?.resetAndDestroy()
  await expect(failed).rejects.toThrow('read ECONNRESET')
})

test('where nobody listens a slow connection is reset', async () => {
  await using _fault = await slow('198.18.0.41', 9, { delayMs: 0 })
  const socket = connect({ host: '198.18.0.41', port: 9 })
  await expect(once(socket, 'data')).rejects.toThrow('ECONNRESET')
})

test('mending delivers what is on its way, leaves the connection, and new ones go straight', async () => {
  const port = await echo('198.18.0.41')
  const before = await open('198.18.0.42', '198.18.0.41', port)
  const fault = await slow('198.18.0.41', port, { delayMs: 3_600_000 })
  expect(await answer(before, 'older')).toBe('older from 198.18.0.42')
  const during = await open('198.18.0.42', '198.18.0.41', port)
  const answered = answer(during, 'during')
  await fault.mend()
  await fault.mend()
  expect(await answered).toBe('during from 198.18.253.1')
  expect(await answer(during, 'again')).toBe('again from 198.18.253.1')
  expect(await answer(await open('198.18.0.42', '198.18.0.41', port), 'newer')).toBe('newer from 198.18.0.42')
  expect(rules('nat', 'EVENKEEL-SLOW').filter((rule) => rule.includes('DNAT'))).toEqual([])
})

test('a connection from before the first rule stays as it is', () => {
  // In a namespace that no rule has seen: there the kernel has not looked at connections yet.
  const program = `
    import { connect, createServer } from 'node:net'
    import { once } from 'node:events'
    import { slow } from '${import.meta.dirname}/../src/faults/slow.ts'
    const server = createServer((socket) => socket.pipe(socket)).listen(80, '198.18.0.41')
    await once(server, 'listening')
    const socket = connect({ host: '198.18.0.41', port: 80, localAddress: '198.18.0.42' })
    await once(socket, 'connect')
    await slow('198.18.0.41', 80, { delayMs: 0 })
    socket.write('still there')
    console.log(String(await once(socket, 'data')))
    process.exit()
  `
  const words = ['--conditions=source', '--input-type=module', '-e', program]
  const network = 'ip link set lo up && ip route add local 198.18.0.0/16 dev lo && exec "$0" "$@"'
  expect(run('unshare', '--net', 'sh', '-c', network, process.execPath, ...words).trim()).toBe('still there')
})

test('a pod behind an interface meets the relay, and other ports do not', async () => {
  const peers = new Inbox()
  const port = 8080
  const server = createServer((socket) => peers.add(socket.remoteAddress ?? '')).listen(port, '198.18.0.41')
  onTestFinished(() => void server.close())
  const other = await echo('198.18.0.41')
  await using _fault = await slow('198.18.0.41', port, { delayMs: 0 })
  const pod = await startPod('198.18.7.4', podClient('198.18.0.41'))
  expect(await pod.inbox.has(1)).toEqual(['connected'])
  expect(await peers.has(1)).toEqual(['198.18.253.1'])
  expect(await answer(await open('198.18.0.42', '198.18.0.41', other), 'hello')).toBe('hello from 198.18.0.42')
})

test('a virtual address is slowed although its own rules were put first', async () => {
  const port = await echo('198.18.0.41')
  await (await slow('198.18.0.41', port, { delayMs: 0 })).mend()
  const virtual = ['OUTPUT', '-d', '198.19.0.77', '-p', 'tcp', '-j', 'DNAT', '--to-destination', `198.18.0.41:${port}`]
  run('iptables', '-w', '-t', 'nat', '-I', ...virtual)
  onTestFinished(() => void run('iptables', '-w', '-t', 'nat', '-D', ...virtual))
  expect(await answer(await open('198.18.0.42', '198.19.0.77', 80), 'straight')).toBe('straight from 198.18.0.42')
  await using _fault = await slow('198.19.0.77', 80, { delayMs: 0 })
  expect(await answer(await open('198.18.0.42', '198.19.0.77', 80), 'slow')).toBe('slow from 198.18.253.1')
})

test('a slow path that cannot be is named with what was expected', async () => {
  const address = slow('198.18.0.0/24', 80, { delayMs: 1 })
  await expect(address).rejects.toThrow('address: 198.18.0.0/24 (expected: an IPv4 address such as 198.18.1.2)')
  await expect(slow('198.18.0.1', 1.5, { delayMs: 1 })).rejects.toThrow('port: 1.5 (expected: a whole number')
  await expect(slow('198.18.0.1', 80, { delayMs: -1 })).rejects.toThrow(
    'delayMs: -1 (expected: a number of at least 0)',
  )
  await expect(slow('198.18.0.1', 80, { delayMs: Number.NaN })).rejects.toThrow('delayMs: NaN')
  const bytesPerSecond = slow('198.18.0.1', 80, { delayMs: 0, bytesPerSecond: 0 })
  await expect(bytesPerSecond).rejects.toThrow('bytesPerSecond: 0 (expected: a number of at least 1)')
})
