/** The law of a drain, for gRPC: a server process is replaced under load, and a plain client of grpc-js notices nothing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Client, credentials, experimental, type ServiceError } from '@grpc/grpc-js'
import { afterEach, expect, test } from 'vitest'

const program = `
  import { Server, ServerCredentials } from '@grpc/grpc-js'
  import { probes } from '@evenkeel/probes'
  import { grpcServer } from '@evenkeel/probes/grpc'
  const as = { serialize: (value) => value, deserialize: (value) => value }
  const method = (path, requestStream, responseStream) => ({ path, requestStream, responseStream,
    requestSerialize: as.serialize, requestDeserialize: as.deserialize, responseSerialize: as.serialize, responseDeserialize: as.deserialize })
  const server = new Server()
  server.addService(
    { Ask: method('/shop.Catalog/Ask', false, false), Talk: method('/shop.Catalog/Talk', true, true) },
    {
      Ask: (call, answer) => setImmediate(() => answer(null, call.request)),
      Talk: (call) => { call.on('data', (message) => call.write(message)); call.on('end', () => call.end()) },
    },
  )
  probes({ servers: [grpcServer(server)], lameDuckMs: 300, gracePeriodMs: 10_000, onDrained: (report) => process.send({ report }) })
  process.channel.unref()
  const [address] = process.argv.slice(1)
  server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => process.send({ port }))
`

const children = new Set<ChildProcess>()
const clients = new Set<Client>()

afterEach(() => {
  for (const client of clients) client.close()
  for (const child of children) child.kill('SIGKILL')
})

async function start(
  host: string,
): Promise<{ readonly child: ChildProcess; readonly host: string; readonly port: number }> {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--input-type=module', '--eval', program, `${host}:0`],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      cwd: new URL('../..', import.meta.url),
    },
  )
  children.add(child)
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  return { child, host, port }
}

/** SIGTERM until the end. @returns what the drain reported, and the exit code */
async function stop(child: ChildProcess): Promise<readonly unknown[]> {
  const told = once(child, 'message')
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const [{ report }] = (await told) as [{ readonly report: { readonly kind: string } }]
  const [code] = await exit
  children.delete(child)
  return [report.kind, code]
}

/** What a resolver of Kubernetes would say: the addresses of now. */
let addresses: readonly { readonly host: string; readonly port: number }[] = []
const resolvers = new Set<() => void>()

class TestResolver {
  readonly #push: () => void

  constructor(_: unknown, listener: experimental.ResolverListener) {
    this.#push = () =>
      listener(
        experimental.statusOrFromValue(addresses.map((address) => ({ addresses: [address] }))),
        {},
        experimental.statusOrFromValue({ loadBalancingConfig: [{ round_robin: {} }], methodConfig: [] }),
        '',
      )
    resolvers.add(this.#push)
  }

  updateResolution(): void {
    setImmediate(this.#push)
  }

  destroy(): void {
    resolvers.delete(this.#push)
  }

  static getDefaultAuthority(): string {
    return 'catalog'
  }
}

function now(list: typeof addresses): void {
  addresses = list
  for (const push of resolvers) push()
}

const bytes = (value: Buffer): Buffer => value

/** Unary calls and short streams, several at a time, until it is told to stop. @returns the errors */
function load(client: Client): {
  readonly more: (calls: number) => Promise<void>
  readonly stop: () => Promise<readonly ServiceError[]>
} {
  let state: 'on' | 'off' = 'on'
  let count = 0
  const waiting = new Set<() => void>()
  const errors: ServiceError[] = []
  const ask = (): Promise<void> =>
    new Promise((resolve) =>
      client.makeUnaryRequest('/shop.Catalog/Ask', bytes, bytes, Buffer.from('question'), (error) => {
        if (error !== null) errors.push(error)
        resolve()
      }),
    )
  const talk = (): Promise<void> =>
    new Promise((resolve) => {
      const call = client.makeBidiStreamRequest('/shop.Catalog/Talk', bytes, bytes)
      let left = 20
      call.on('data', () => (--left > 0 ? call.write(Buffer.from('more')) : call.end()))
      call.on('end', resolve)
      call.on('error', (error) => {
        errors.push(error as ServiceError)
        resolve()
      })
      call.write(Buffer.from('first'))
    })
  const worker = async (work: () => Promise<void>): Promise<void> => {
    while (state === 'on') {
      await work()
      count++
      for (const look of waiting) look()
    }
  }
  const workers = [ask, ask, ask, ask, talk, talk].map(worker)
  return {
    more: (calls) =>
      new Promise((resolve) => {
        const wanted = count + calls
        const look = (): void => {
          if (count < wanted) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
      }),
    stop: async () => {
      state = 'off'
      await Promise.all(workers)
      return errors
    },
  }
}

test('a rolling replacement loses no call of a plain client of grpc-js', { timeout: 60_000 }, async () => {
  experimental.registerResolver('replaced', TestResolver as never)
  const first = await start('127.0.0.2')
  const second = await start('127.0.0.3')
  now([
    { host: '127.0.0.2', port: first.port },
    { host: '127.0.0.3', port: second.port },
  ])
  const client = new Client('replaced:catalog', credentials.createInsecure())
  clients.add(client)
  const { more, stop: end } = load(client)
  await more(200)
  const old = [first, second]
  for (const [index, host] of ['127.0.0.4', '127.0.0.5'].entries()) {
    const next = await start(host)
    const leaving = old[index] as (typeof old)[number]
    const gone = stop(leaving.child)
    // The client hears of it only when the pod is on its way out already.
    await more(100)
    now([...addresses.filter(({ host: one }) => one !== old[index]?.host), { host, port: next.port }])
    await more(100)
    expect(await gone).toEqual(['complete', 0])
  }
  await more(200)
  expect((await end()).map(({ message }) => message)).toEqual([])
})
