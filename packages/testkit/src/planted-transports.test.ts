/**
 * Each law for transports can fail: a small transport over `node:http`, right once and then with one planted fault.
 */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  answeredBad,
  answeredGood,
  type Balancer,
  type Call,
  type Clock,
  cancelledMaybeProcessed,
  EvenkeelError,
  failedUnprocessed,
  lostMaybeProcessed,
  type Outcome,
  type Peer,
  type Pick,
  type Policy,
  random,
  type Upstream,
} from '@evenkeel/core'
import { describe, expect, test } from 'vitest'
import type {
  OpenTransport,
  TransportAnswer,
  TransportCall,
  TransportLimits,
  TransportSubject,
} from './transport-laws.ts'
import { transportLaws } from './transport-laws.ts'

/** What a fault changes. */
interface Faults {
  /** Outcomes as the transport tells them to core. */
  outcome?(right: Outcome, call: TransportCall): Outcome
  settles?(pick: Pick, outcome: Outcome): void
  tried?(right: readonly Peer[]): readonly Peer[]
  pick?(right: Pick, all: readonly Peer[]): Peer
  policy?: Policy
  moves?: 'always' | 'never'
  leaks?: 'timer'
  closes?: 'nothing'
  aborts?: 'never'
  timesOut?: 'blindly'
  upgradeSettles?: 'at once'
  body?: 'half'
}

interface Attempt {
  readonly outcome: Outcome
  readonly answer?: TransportAnswer
  readonly error?: unknown
}

const never = new AbortController().signal

/** Always the first that was not tried. */
const first: Policy = {
  name: 'first',
  open: () => {
    const all: Peer[] = []
    return {
      join: (peer) => void all.push(peer),
      alter: () => {},
      leave: (peer) => void all.splice(all.indexOf(peer), 1),
      flush: () => {},
      choose: (call) => all.find((peer) => !call.tried.includes(peer)),
    }
  },
}

class PlainTransport implements OpenTransport {
  readonly #upstream: Upstream
  readonly #balancer: Balancer
  readonly #limits: TransportLimits
  readonly #faults: Faults
  readonly #agent = new Agent({ keepAlive: true })
  readonly #clock: Clock
  readonly #seen = new Set<Peer>()

  constructor(upstream: Upstream, clock: Clock, limits: TransportLimits, faults: Faults) {
    this.#upstream = upstream
    this.#clock = clock
    this.#limits = limits
    this.#faults = faults
    this.#balancer = upstream.balancer({ policies: [faults.policy ?? random()], narrowings: [] })
    if (faults.leaks === 'timer') clock.after(60_000, () => {})
  }

  async call(asked: TransportCall): Promise<TransportAnswer> {
    let tried: readonly Peer[] = []
    const made = { moves: 0, repeats: 0 }
    for (;;) {
      const call = this.#callOf(asked, this.#faults.tried?.(tried) ?? tried)
      const pick = await this.#pick(call, asked.signal)
      tried = [...tried, pick.peer]
      const attempt = await this.#attempt(pick, asked)
      const right = attempt.outcome
      const outcome = this.#faults.outcome?.(right, asked) ?? right
      this.#settle(pick, outcome)
      const done = outcome.fate === 'answered' && outcome.verdict === 'good'
      const over = done || (asked.signal.aborted && this.#faults.moves !== 'always')
      const again = over ? undefined : this.#again({ ...call, tried }, outcome, made)
      if (again === undefined) {
        if (attempt.answer !== undefined) return attempt.answer
        throw attempt.error
      }
      if (outcome.fate === 'unprocessed') made.moves++
      else made.repeats++
    }
  }

  async upgrade(path: string): Promise<Duplex> {
    const pick = await this.#pick(this.#callOf({ method: 'GET', path, body: undefined, signal: never }, []), never)
    pick.started()
    const { address, port } = pick.peer.endpoint
    const headers = { connection: 'upgrade', upgrade: 'law' }
    const sent = request({ host: address, port, path, headers, agent: this.#agent })
    return new Promise((resolve, reject) => {
      sent.on('error', reject)
      sent.on('upgrade', (_head, socket: Duplex) => {
        pick.answered('good')
        if (this.#faults.upgradeSettles === 'at once') pick.settle(answeredGood)
        socket.on('close', () => this.#settle(pick, answeredGood))
        resolve(socket)
      })
      sent.end()
    })
  }

  async close(): Promise<void> {
    if (this.#faults.closes === 'nothing') return
    await this.#balancer[Symbol.asyncDispose]()
    this.#agent.destroy()
  }

  #settle(pick: Pick, outcome: Outcome): void {
    if (this.#faults.settles === undefined) pick.settle(outcome)
    else this.#faults.settles(pick, outcome)
  }

  #again(call: Call, outcome: Outcome, made: { readonly moves: number; readonly repeats: number }): number | undefined {
    if (this.#faults.moves === 'never') return undefined
    if (this.#faults.moves === 'always') return made.moves + made.repeats < 3 ? 0 : undefined
    return this.#upstream.attempts.again(call, outcome, made, this.#clock.now())
  }

  #callOf({ method }: TransportCall, tried: readonly Peer[]): Call {
    const deadline = Number.POSITIVE_INFINITY
    return { hashKey: undefined, deadline, repeatable: method === 'GET', priority: 0, policy: undefined, tried }
  }

  #pick(call: Call, signal: AbortSignal): Promise<Pick> {
    return new Promise((resolve, reject) => {
      if (signal.aborted && this.#faults.aborts !== 'never' && this.#faults.moves !== 'always') {
        reject(signal.reason)
        return
      }
      const look = (): void => {
        const answer = this.#balancer.pick(call)
        if (answer.kind === 'pick') resolve(answer)
        else if (answer.kind === 'refused') reject(new Error(answer.reason))
        else {
          const wait = this.#balancer.wait(call, (why) => (why === 'again' ? look() : reject(new Error(why))))
          const leave = () => {
            wait[Symbol.dispose]()
            reject(signal.reason)
          }
          if (this.#faults.aborts !== 'never') signal.addEventListener('abort', leave, { once: true })
        }
      }
      look()
    })
  }

  #attempt(pick: Pick, asked: TransportCall): Promise<Attempt> {
    this.#seen.add(pick.peer)
    const peer = this.#faults.pick?.(pick, [...this.#seen]) ?? pick.peer
    const { address, port } = peer.endpoint
    const { method, path, body } = asked
    const sent = request({ host: address, port, method, path, agent: this.#agent })
    pick.started()
    const attempt = this.#follow(sent, pick, asked)
    sent.end(body)
    return attempt
  }

  #follow(sent: ClientRequest, pick: Pick, asked: TransportCall): Promise<Attempt> {
    const { signal } = asked
    return new Promise((resolve) => {
      let connected = false
      let timer: Disposable | undefined
      const end = (attempt: Attempt) => {
        timer?.[Symbol.dispose]()
        signal.removeEventListener('abort', abort)
        resolve(attempt)
      }
      const fail = (outcome: Outcome, cause: unknown) => {
        sent.destroy()
        const { fate, fault } = outcome
        end({ outcome, error: new EvenkeelError('EVENKEEL_CONNECTION_LOST', 'it ended', { fate, fault, cause }) })
      }
      const abort = () => {
        if (this.#faults.aborts !== 'never') fail(cancelledMaybeProcessed, signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      // A time-out believes itself only after the loop has looked for input: the answer may lie in the kernel's buffer.
      timer = this.#clock.after(this.#limits.headMs, () => {
        const late = () => fail(lostMaybeProcessed, new Error('no head in time'))
        if (this.#faults.timesOut === 'blindly') late()
        else {
          timer = this.#clock.afterPoll(() => {
            timer = this.#clock.afterPoll(late)
          })
        }
      })
      sent.on('socket', (socket) => {
        connected = !socket.connecting
        if (!connected)
          socket.once('connect', () => {
            connected = true
          })
      })
      sent.on('error', (error) => fail(connected ? lostMaybeProcessed : failedUnprocessed, error))
      sent.on('response', (response: IncomingMessage) => {
        timer?.[Symbol.dispose]()
        const outcome = response.statusCode === 503 ? answeredBad : answeredGood
        pick.answered(outcome.verdict)
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => fail({ ...answeredBad, fault: 'network' }, error))
        response.on('end', () => {
          const all = Buffer.concat(chunks).toString()
          const half = this.#faults.body === 'half' ? all.slice(0, all.length / 2) : all
          end({ outcome, answer: { status: response.statusCode ?? 0, body: half } })
        })
      })
    })
  }
}

function subject(faults: Faults = {}): TransportSubject {
  return {
    name: 'plain',
    upgrades: true,
    // Half a second is long for the loopback, and several of these wait in vain.
    patienceMs: 500,
    open: (services, target, limits) => new PlainTransport(services.of(target), services.clock, limits, faults),
  }
}

describe('a transport without a fault', () => {
  for (const law of transportLaws(subject())) test(law.name, law.check, 30_000)
})

const planted: readonly (readonly [string, Faults, string, RegExp])[] = [
  ['cuts bodies', { body: 'half' }, 'an answer reaches the caller whole', /law 7: \d+ characters come back/],
  ['never moves', { moves: 'never' }, 'a call that was never written moves', /ECONNREFUSED|it ended/],
  ['repeats a POST', { moves: 'always' }, 'a POST that may have been processed', /law 7: a POST was sent [23] times/],
  [
    'says unprocessed of what was sent',
    { outcome: (right) => (right.fate === 'maybe-processed' ? failedUnprocessed : right) },
    'a POST that may have been processed',
    /law 7: a POST was sent [2-4] times/,
  ],
  ['repeats a 503 of a POST', { moves: 'always' }, 'a POST that is answered 503', /law 7: a POST was sent [23] times/],
  ['does not repeat a GET', { moves: 'never' }, 'when one would drop', /law 7: a GET that met drop/],
  ['does not repeat after 503', { moves: 'never' }, 'when one would unavailable', /law 7: a GET that met unavailable/],
  ['does not repeat after a time-out', { moves: 'never' }, 'when one would hang', /law 7: a GET that met hang/],
  [
    'forgets what it tried',
    { tried: () => [], policy: first },
    'when one would unavailable',
    /law 6: a GET goes to the tried peer [23] times|law 7: a GET/,
  ],
  [
    'tries for ever',
    { moves: 'always' },
    'a call that fails everywhere',
    /law 7: a GET that is dropped everywhere is sent 4 times/,
  ],
  [
    'repeats an aborted call',
    { moves: 'always' },
    'a call that its caller aborts',
    /law 7: a call that was aborted was sent [234] times/,
  ],
  [
    'sends to who has left',
    { pick: (_, all) => all[0] as Peer },
    'an endpoint that left',
    /law 1: 20 calls go to an endpoint that left|law 7: no call of 200 reaches/,
  ],
  ['forgets to settle', { settles: () => {} }, 'in flight is 0 again after a success', /law 2: 1 in flight/],
  [
    'settles only what is good',
    { settles: (pick, outcome) => outcome.verdict === 'good' && pick.settle(outcome) },
    'after an abort before the head',
    /law 2: 1 in flight/,
  ],
  [
    'lets nobody abort',
    { aborts: 'never' },
    'after an abort before the call',
    /law 2: a call that was aborted before it began is sent|answered 200/,
  ],
  [
    'settles an upgrade at once',
    { upgradeSettles: 'at once' },
    'an upgraded socket',
    /law 2: 0 in flight while an upgraded socket is open/,
  ],
  ['times out blindly', { timesOut: 'blindly', moves: 'never' }, 'a stall of this process', /law 10|it ended/],
  [
    'leaves its sockets',
    { closes: 'nothing' },
    'after close no socket',
    /law 11: \d+ connections are open after close/,
  ],
  ['leaves a timer', { leaks: 'timer' }, 'after close no socket', /law 11: 1 timers are left after close/],
]

describe('a transport', () => {
  test.each(planted)(
    'that %s breaks a law',
    async (_, faults, fact, expected) => {
      const law = transportLaws(subject(faults)).find(({ name }) => name.includes(fact))
      const error = await Promise.resolve(law?.check()).then(() => 'every law holds', String)
      expect(error).toMatch(expected)
    },
    60_000,
  )
})
