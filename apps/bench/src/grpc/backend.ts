/**
 * Pods of a gRPC service in one process: raw sockets that answer every call with the same message after the same time, until a signal gives them
 * their fault. What came is counted, and told on a port of its own.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { answerParent } from '../child.ts'
import { type Answer, badAnswer, FrameReader, flags, frame, frameTypes, goodAnswer } from './frames.ts'

/** What SIGUSR2 makes of a backend: it is silent from then on, refuses with UNAVAILABLE at once, or takes ten times as long. */
export type Fault = 'silent' | 'unavailable' | 'slow'

/** How a backend answers. */
export interface BackendTask {
  /** Addresses to listen at, each with a free port: a pod each. */
  readonly hosts: readonly string[]
  /** From the end of a request to its answer; 0 answers at once. There is no queue. */
  readonly delayMs: number
  /** The message of each answer, in ASCII, shorter than 100 bytes. */
  readonly message: string
  /** What SIGUSR2 does. @defaultValue nothing */
  readonly fault?: Fault
  /** Whether the time of each call is kept for the report. */
  readonly arrivals: 'kept' | 'not kept'
}

/** Where a backend is found. */
export interface Backend {
  /** `host:port` of each pod. */
  readonly locators: readonly string[]
  readonly pid: number
  /** Whoever connects to this port of 127.0.0.1 is told a `Report` as JSON. */
  readonly reportPort: number
}

/** What came until now. */
export interface Report {
  /** Connections that were ever accepted, of all pods together. */
  readonly accepted: number
  /** Whether the signal has come. */
  readonly broken: boolean
  /** When each call came, if that is kept, in ms since the epoch. */
  readonly arrivals: readonly number[]
}

/** What `slow` multiplies the time by. */
export const slowTimes = 10

// A connection's window is opened once, as far as HTTP/2 goes (2^31 - 1 less the 65,535 of the beginning): hundreds of millions of calls.
const windowBytes = Buffer.alloc(4)
windowBytes.writeUInt32BE(2 ** 31 - 1 - 65_535)
const greeting = Buffer.concat([
  frame(frameTypes.settings, 0, Buffer.alloc(0)),
  frame(frameTypes.windowUpdate, 0, windowBytes),
])
const settingsSeen = frame(frameTypes.settings, flags.acknowledged, Buffer.alloc(0))
// The code of UNAVAILABLE.
const unavailable = badAnswer(14, 'bench')

class Pods {
  accepted = 0
  broken = false
  readonly arrivals: number[] = []
  readonly #task: BackendTask
  readonly #good: Answer
  #delayMs: number
  #fault: Fault | undefined

  constructor(task: BackendTask) {
    this.#task = task
    this.#good = goodAnswer(task.message)
    this.#delayMs = task.delayMs
  }

  /** From now on the fault rules. */
  break(): void {
    this.broken = true
    this.#fault = this.#task.fault
    if (this.#fault === 'slow') this.#delayMs *= slowTimes
  }

  /** Serves one connection. */
  readonly enter = (socket: Socket): void => {
    this.accepted++
    const frames = new FrameReader()
    const open = new Set<number>()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.clear())
    socket.write(greeting)
    socket.on('data', (chunk) => {
      socket.cork()
      for (const { type, flags: bits, stream, payload } of frames.read(chunk)) {
        if (type === frameTypes.headers) this.#arrive()
        if ((type === frameTypes.headers || type === frameTypes.data) && (bits & flags.ended) !== 0)
          this.#answer(socket, stream, open)
        else if (type === frameTypes.reset) open.delete(stream)
        else if (type === frameTypes.settings && (bits & flags.acknowledged) === 0) socket.write(settingsSeen)
        else if (type === frameTypes.ping && (bits & flags.acknowledged) === 0)
          socket.write(frame(frameTypes.ping, flags.acknowledged, payload))
      }
      socket.uncork()
    })
  }

  #arrive(): void {
    if (this.#task.arrivals === 'kept') this.arrivals.push(Date.now())
  }

  #answer(socket: Socket, stream: number, open: Set<number>): void {
    if (this.#fault === 'silent') return
    if (this.#fault === 'unavailable') socket.write(unavailable.on(stream))
    else if (this.#delayMs === 0) socket.write(this.#good.on(stream))
    else {
      open.add(stream)
      setTimeout(() => {
        // A caller that gave up must not be answered, and one that waited when the fault came gets what the fault gives.
        if (open.delete(stream) && this.#fault !== 'silent') socket.write(this.#good.on(stream))
      }, this.#delayMs)
    }
  }
}

await answerParent(async (task: BackendTask): Promise<Backend> => {
  const pods = new Pods(task)
  process.on('SIGUSR2', () => pods.break())
  const locators: string[] = []
  for (const host of task.hosts) locators.push(`${host}:${await listen(host, pods.enter)}`)
  const reportPort = await listen('127.0.0.1', (socket) => {
    socket.on('error', () => socket.destroy())
    const { accepted, broken, arrivals } = pods
    socket.end(JSON.stringify({ accepted, broken, arrivals } satisfies Report))
  })
  return { locators, pid: process.pid, reportPort }
})

async function listen(host: string, enter: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, enter).listen(0, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
