import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Backend, BackendTask } from './backend.ts'
import { callOnce } from './call.ts'
import { connectionsTo, locatorsOf, reportOf, withBackends } from './fleet.ts'
import { variants } from './variants.ts'

// Processes are started, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 30_000 })

const quick: BackendTask = { hosts: ['127.0.0.1'], delayMs: 0, message: 'quick', arrivals: 'kept' }
// Far more than an answer takes, and far less than a test may.
const deadlineMs = 5_000

let stopping: AbortController

beforeEach(() => {
  stopping = new AbortController()
})

afterEach(() => {
  stopping.abort()
})

test('grpc-js understands the answer, and every call and connection is counted', async () => {
  await withOne(quick, async (backend) => {
    const client = variants['pick-first'](locatorsOf([backend]), 'not repeatable')
    const answers = await Promise.all([callOnce(client, deadlineMs), callOnce(client, deadlineMs)])
    expect(answers).toEqual(new Array(2).fill({ kind: 'good', message: 'quick' }))
    const { accepted, arrivals } = await reportOf(backend)
    expect({ accepted, calls: arrivals.length }).toEqual({ accepted: 1, calls: 2 })
    client.close()
  })
})

test('every address is a pod of its own', async () => {
  await withOne({ ...quick, hosts: ['127.3.0.1', '127.3.0.2', '127.3.0.3'] }, async (backend) => {
    expect(backend.locators.map((one) => one.replace(/:\d+$/, ''))).toEqual(['127.3.0.1', '127.3.0.2', '127.3.0.3'])
    for (const locator of backend.locators) {
      const client = variants['pick-first']([locator], 'not repeatable')
      expect(await callOnce(client, deadlineMs)).toEqual({ kind: 'good', message: 'quick' })
      client.close()
    }
    expect(await connectionsTo([backend])).toBe(3)
  })
})

test.each([
  { fault: 'silent', becomes: { kind: 'failed', code: 'DEADLINE_EXCEEDED' } },
  { fault: 'unavailable', becomes: { kind: 'failed', code: 'UNAVAILABLE' } },
  { fault: 'slow', becomes: { kind: 'good', message: 'quick' } },
] as const)('a backend is good until the signal makes it $fault', async ({ fault, becomes }) => {
  await withOne({ ...quick, delayMs: 20, fault }, async (backend) => {
    const client = variants['pick-first'](backend.locators, 'not repeatable')
    expect(await callOnce(client, deadlineMs)).toEqual({ kind: 'good', message: 'quick' })
    process.kill(backend.pid, 'SIGUSR2')
    // A signal comes when it comes, and calls on an open connection may be faster.
    while (!(await reportOf(backend)).broken);
    const start = performance.now()
    // Long enough for ten times 20 ms; what is silent takes all of it.
    const answers = await Promise.all(Array.from({ length: 3 }, () => callOnce(client, 1_500)))
    expect(answers).toEqual(new Array(3).fill(becomes))
    if (fault === 'slow') expect(performance.now() - start).toBeGreaterThanOrEqual(199)
    client.close()
  })
})

test('a frame that comes in pieces is read whole', async () => {
  await withOne(quick, async (backend) => {
    const [host, port] = (backend.locators[0] as string).split(':')
    const socket = connect(Number(port), host)
    await once(socket, 'connect')
    socket.setNoDelay(true)
    // The preface, empty settings, and the head of a call that ends with it (its fields are read by nobody): a byte at a time.
    const head = '000001010500000001'
    const bytes = Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      Buffer.from(`000000040000000000${head}82`, 'hex'),
    ])
    let answer = Buffer.alloc(0)
    for (const byte of bytes) {
      socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    while (!answer.includes('grpc-status')) answer = Buffer.concat([answer, (await once(socket, 'data'))[0] as Buffer])
    expect((await reportOf(backend)).arrivals).toHaveLength(1)
    socket.destroy()
  })
})

function withOne(task: BackendTask, work: (backend: Backend) => Promise<void>): Promise<void> {
  return withBackends({ tasks: [task], signal: stopping.signal }, ([backend]) => work(backend as Backend))
}
