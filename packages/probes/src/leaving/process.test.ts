/** The drain of real processes, by real signals. Each program below runs as a child; what it tells comes over its IPC channel. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'

const prelude = `
  import { createHash } from 'node:crypto'
  import { subscribe } from 'node:diagnostics_channel'
  import { createServer } from 'node:http'
  import { probes } from '@evenkeel/probes'
  const held = []
  const server = createServer((request, response) => {
    if (request.url === '/hold') { held.push(response); process.send({ held: held.length }) }
    else if (request.url === '/begun') { response.write('begun'); held.push(response); process.send({ held: held.length }) }
    else response.end('answer')
  })
  process.on('message', () => { for (const response of held.splice(0)) response.end('late') })
  process.channel.unref()
  subscribe('evenkeel:probes:phase', (message) => process.send(message))
  const ready = async (health) => {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = await health.listen(0, '127.0.0.1')
    process.send({ port: server.address().port, own: port })
  }
`

/** Something a child said. */
interface Word {
  readonly port?: number
  readonly own?: number
  readonly held?: number
  readonly phase?: string
  readonly left?: string
  readonly before?: string
  readonly signals?: number
}

class Child {
  readonly process: ChildProcess
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>
  readonly #words: Word[] = []
  readonly #waiting = new Set<() => void>()

  constructor(program: string) {
    this.process = spawn(
      process.execPath,
      ['--conditions=source', '--input-type=module', '--eval', prelude + program],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        cwd: new URL('../..', import.meta.url),
      },
    )
    this.exit = once(this.process, 'exit').then(([code, signal]) => ({ code, signal }))
    this.process.on('message', (word: Word) => {
      this.#words.push(word)
      for (const look of this.#waiting) look()
    })
  }

  /** The first word that fits, said already or later. */
  async hears(fits: (word: Word) => boolean): Promise<Word> {
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        const word = this.#words.find(fits)
        if (word === undefined) return
        this.#waiting.delete(look)
        resolve(word)
      }
      this.#waiting.add(look)
      void this.exit.then(() => reject(new Error('the child ended before it said so')))
      look()
    })
  }

  async ports(): Promise<{ readonly port: number; readonly own: number }> {
    const { port = 0, own = 0 } = await this.hears((word) => word.port !== undefined)
    return { port, own }
  }

  phase(name: string): Promise<Word> {
    return this.hears(({ phase }) => phase === name)
  }

  /** Answers all held requests. */
  release(): void {
    this.process.send('release')
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name)
  }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

function ask(port: number, path: string, agent: Agent = new Agent({ keepAlive: false })): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent }, async (response) => {
      try {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() })
      } catch (error) {
        reject(error)
      }
    })
    asked.on('error', reject)
    asked.end()
  })
}

const children: Child[] = []

function run(program: string): Child {
  const child = new Child(program)
  children.push(child)
  return child
}

afterEach(() => {
  for (const { process } of children.splice(0))
    if (process.exitCode === null && process.signalCode === null) process.kill('SIGKILL')
})

describe('a drain by SIGTERM', () => {
  // S-02, S-05
  test('stays ready and accepts during the lame duck, and is not ready while it stops', async () => {
    const child = run('await ready(probes({ servers: [server], lameDuckMs: 1500 }))')
    const { port, own } = await child.ports()
    const held = ask(port, '/hold')
    await child.hears((word) => word.held === 1)
    child.signal('SIGTERM')
    await child.phase('lame-duck')
    expect((await ask(own, '/readyz')).status).toBe(200)
    expect(await ask(port, '/')).toMatchObject({ status: 200, headers: { connection: 'close', 'evenkeel-drain': '1' } })
    await child.phase('stopping')
    expect(await ask(own, '/readyz')).toMatchObject({ status: 503, body: 'bad drain: stopping because of SIGTERM\n' })
    expect((await ask(own, '/livez')).status).toBe(200)
    await expect(ask(port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    child.release()
    expect((await held).body).toBe('late')
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  // S-03
  test('says close on the answer to a request that began before the signal', async () => {
    const child = run('await ready(probes({ servers: [server], lameDuckMs: 1500 }))')
    const { port } = await child.ports()
    const agent = new Agent({ keepAlive: true })
    expect((await ask(port, '/', agent)).headers.connection).toBe('keep-alive')
    const held = ask(port, '/hold', agent)
    await child.hears((word) => word.held === 1)
    child.signal('SIGTERM')
    await child.phase('lame-duck')
    child.release()
    expect((await held).headers).toMatchObject({ connection: 'close', 'evenkeel-drain': '1' })
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  test('ends without waiting for the connection of an answer whose head was out before the signal', async () => {
    const child = run('await ready(probes({ servers: [server], lameDuckMs: 0 }))')
    const { port } = await child.ports()
    const agent = new Agent({ keepAlive: true })
    const begun = ask(port, '/begun', agent)
    await child.hears((word) => word.held === 1)
    child.signal('SIGTERM')
    await child.phase('stopping')
    child.release()
    expect(await begun).toMatchObject({ headers: { connection: 'keep-alive' }, body: 'begunlate' })
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  test('ends though a connection was opened that never asked for anything', async () => {
    const child = run('await ready(probes({ servers: [server], lameDuckMs: 50 }))')
    const { port } = await child.ports()
    const silent = connect(port, '127.0.0.1')
    const ended = once(silent.resume(), 'close')
    await once(silent, 'connect')
    // The answer to a later connection proves that the earlier one was accepted.
    await ask(port, '/')
    child.signal('SIGTERM')
    expect(await child.exit).toEqual({ code: 0, signal: null })
    await ended
  })

  // S-06
  test('loses no request of clients that go on through the lame duck', async () => {
    const child = run('await ready(probes({ servers: [server], lameDuckMs: 3000 }))')
    const { port } = await child.ports()
    const loop = async (method: string): Promise<{ readonly before: number; readonly signed: number }> => {
      let before = 0
      let signed = 0
      // A failed request rejects, and fails the test.
      while (signed < 25) {
        const response = await fetch(`http://127.0.0.1:${port}/`, { method })
        expect(await response.text()).toBe('answer')
        if (response.headers.get('evenkeel-drain') === '1') {
          expect(response.headers.get('connection')).toBe('close')
          signed += 1
        } else {
          before += 1
          if (before === 20) child.signal('SIGTERM')
        }
      }
      return { before, signed }
    }
    // One loop sends the signal; the others would end the process by a second one.
    const others = async (): Promise<number> => {
      let signed = 0
      while (signed < 25) {
        const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(1_000) })
        expect(await response.text()).toBe('answer')
        if (response.headers.get('evenkeel-drain') === '1') signed += 1
      }
      return signed
    }
    const [first, ...rest] = await Promise.all([loop('GET'), others(), others(), others()])
    expect(first).toEqual({ before: expect.any(Number), signed: 25 })
    expect(rest).toEqual([25, 25, 25])
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  // S-07
  test('cuts what is still in flight before the grace period ends, and exits with 0', async () => {
    const child = run('await ready(probes({ servers: [server], lameDuckMs: 100, gracePeriodMs: 2600 }))')
    const { port } = await child.ports()
    const held = ask(port, '/hold')
    held.catch(() => undefined)
    await child.hears((word) => word.held === 1)
    child.signal('SIGTERM')
    await expect(held).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  // S-12
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'is ended at once by a second signal, here %s, with the code of a process that a signal ended',
    async (second) => {
      const child = run('await ready(probes({ servers: [server] }))')
      const { port } = await child.ports()
      const held = ask(port, '/hold')
      held.catch(() => undefined)
      await child.hears((word) => word.held === 1)
      child.signal('SIGTERM')
      await child.phase('lame-duck')
      child.signal(second)
      expect(await child.exit).toEqual({ code: second === 'SIGTERM' ? 143 : 130, signal: null })
      await expect(held).rejects.toMatchObject({ code: 'ECONNRESET' })
    },
  )

  test('completes, hooks and all, when no socket keeps the process alive', async () => {
    const child = run(`
      probes({ lameDuckMs: 100, onDrained: ({ kind }) => process.send({ phase: 'told ' + kind }) })
      process.channel.ref()
      process.once('SIGTERM', () => process.channel.unref())
      process.send({ port: 1 })
    `)
    await child.ports()
    child.signal('SIGTERM')
    await child.phase('told complete')
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  test('leaves the end of the process to an application that wants it', async () => {
    const child = run(`
      const health = probes({ servers: [server], lameDuckMs: 50, exit: 'never', onDrained: () => { process.exitCode = 7 } })
      await ready(health)
      await health.drain('the test')
      process.send({ phase: 'returned' })
      await health.close()
    `)
    await child.phase('returned')
    expect(await child.exit).toEqual({ code: 7, signal: null })
  })
})

describe('another signal', () => {
  // S-13
  test('drains like SIGTERM when it is configured', async () => {
    const child = run(`await ready(probes({ servers: [server], lameDuckMs: 500, signals: { SIGQUIT: 'drain' } }))`)
    const { port } = await child.ports()
    child.signal('SIGQUIT')
    await child.phase('lame-duck')
    expect((await ask(port, '/')).headers).toMatchObject({ connection: 'close' })
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })

  // S-13
  test('skips the lame duck when it is SIGINT, and still waits for what is in flight', async () => {
    const child = run('await ready(probes({ servers: [server] }))')
    const { port } = await child.ports()
    const held = ask(port, '/hold')
    await child.hears((word) => word.held === 1)
    child.signal('SIGINT')
    await child.phase('stopping')
    await expect(ask(port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    child.release()
    expect(await held).toMatchObject({ body: 'late', headers: { connection: 'close' } })
    expect(await child.exit).toEqual({ code: 0, signal: null })
  })
})

// S-14
test('WebSocket clients hear 1001, spread over the lame duck', async () => {
  const child = run(`
    server.on('upgrade', (request, socket) => {
      const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
      socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n')
      socket.on('error', () => {}).resume()
    })
    await ready(probes({ servers: [server], lameDuckMs: 1000 }))
  `)
  const { port } = await child.ports()
  const closes = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
      const closed = new Promise<{ readonly code: number; readonly clean: boolean; readonly at: number }>((resolve) => {
        socket.onclose = ({ code, wasClean }) => resolve({ code, clean: wasClean, at: performance.now() })
      })
      await new Promise((resolve) => {
        socket.onopen = resolve
      })
      return { closed }
    }),
  )
  child.signal('SIGTERM')
  const heard = await Promise.all(closes.map(({ closed }) => closed))
  expect(heard.map(({ code, clean }) => ({ code, clean }))).toEqual(heard.map(() => ({ code: 1001, clean: true })))
  // The ten turns are 100 ms wide, so the first and the last are at least 800 ms apart.
  const times = heard.map(({ at }) => at)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(400)
  expect(await child.exit).toEqual({ code: 0, signal: null })
})

// S-10
test('a probe is answered within the second that the kubelet waits, with 5,000 requests in flight', {
  timeout: 60_000,
}, async () => {
  const child = run('await ready(probes({ servers: [server] }))')
  const { port, own } = await child.ports()
  const agent = new Agent({ keepAlive: false })
  const held = Array.from({ length: 5_000 }, () => ask(port, '/hold', agent))
  await child.hears((word) => word.held === 5_000)
  for (const path of ['/livez', '/readyz', '/startupz']) {
    const response = await fetch(`http://127.0.0.1:${own}${path}?verbose`, { signal: AbortSignal.timeout(1_000) })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(path === '/readyz' ? '5000 in flight' : '')
  }
  child.release()
  expect(new Set((await Promise.all(held)).map(({ body }) => body))).toEqual(new Set(['late']))
})

// Law 11
test('closed probes leave no signal listener and nothing that keeps a process alive', async () => {
  const child = run(`
    let asking
    const before = process.getActiveResourcesInfo().sort().join()
    const health = probes({ servers: [server], checks: { hanging: () => new Promise(() => asking()) } })
    health.mount(server)
    const { port } = await health.listen(0, '127.0.0.1')
    health.started()
    const asked = fetch('http://127.0.0.1:' + port + '/readyz').catch(() => 'cut')
    await new Promise((resolve) => { asking = resolve })
    void health.drain()
    await health.close()
    await health.close()
    await asked
    // A closed handle is gone after the closing phase of the loop, which comes after the immediates.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const left = process.getActiveResourcesInfo().sort().join()
    const signals = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
    process.send({ phase: 'closed', left, before, signals })
  `)
  const { left, before, signals } = await child.phase('closed')
  expect({ left, signals }).toEqual({ left: before, signals: 0 })
  expect(await child.exit).toEqual({ code: 0, signal: null })
})
