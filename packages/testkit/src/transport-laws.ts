/**
 * The laws for transports, over real sockets: a few servers on 127.0.0.1 answer, refuse, drop, hang and cut as told, and count what they see.
 */
import type { Duplex } from 'node:stream'
import type { Target, Upstreams } from '@evenkeel/core'
import type { Law } from './law.ts'
import {
  checkAbortedCallStays,
  checkAnswer,
  checkFewAttempts,
  checkLeft,
  checkMoves,
  checkNotRepeated,
  checkRepeats,
  checkUnavailableAnswer,
} from './transport/attempt-plays.ts'
import { checkClose, checkIdleAfter, checkStall, checkUpgrade, paths } from './transport/ending-plays.ts'

/** One call as the suite makes it. */
export interface TransportCall {
  /** GET may be repeated, POST may not. */
  readonly method: 'GET' | 'POST'
  /** Path and query. */
  readonly path: string
  /** undefined for none. */
  readonly body: string | undefined
  /** Ends the call when it aborts. */
  readonly signal: AbortSignal
}

/** What a call gives once its body has ended. */
export interface TransportAnswer {
  /** The HTTP status, or what the adapter makes of another protocol's: 200 and 503. */
  readonly status: number
  /** The whole body. */
  readonly body: string
}

/** A transport as the suite uses it: open, call, close. */
export interface OpenTransport {
  /** Rejects as the transport fails; an EvenkeelError is looked for in the error and its causes. */
  call(call: TransportCall): Promise<TransportAnswer>
  /** Resolves when nothing is left. */
  close(): Promise<void>
  /** Resolves to the socket after `101 Switching Protocols` to the protocol `law`. @defaultValue the laws of upgrades are left out */
  upgrade?(path: string): Promise<Duplex>
}

/** `answer`: 200 with the body that came. `unavailable`: 503. `drop`: the connection ends. `hang`: nothing is said. `cut`: the head, then the connection ends. `pause`: the head, then nothing. */
export type LawBehaviour = 'answer' | 'unavailable' | 'drop' | 'hang' | 'cut' | 'pause'

/** A server of the laws. The suite's own speak HTTP; a transport for another protocol brings its own, on 127.0.0.1. */
export interface LawServer {
  /** What it does with every request. */
  behaviour: LawBehaviour
  /** Called when a request has been read, before the server behaves. */
  onRequest: (() => void) | undefined
  /** `address:port`. */
  readonly locator: string
  /** Requests seen in all. */
  readonly total: number
  /** Connections that are open. */
  readonly connections: number
  /** Requests seen with this path. */
  seen(path: string): number
  /** Resolves with the next request that has been read. */
  next(): Promise<void>
  /** From now on connections are refused, and those that are open are ended. */
  close(): Promise<void>
}

/** Time-outs that the transport must be opened with. */
export interface TransportLimits {
  /** To the head of the answer, per attempt. */
  readonly headMs: number
  /** To a connection. */
  readonly connectMs: number
}

/** The adapter that a transport brings. */
export interface TransportSubject {
  /** Stands in front of the names of the laws. */
  readonly name: string
  /** Whether `OpenTransport.upgrade` is there. @defaultValue false */
  readonly upgrades?: boolean | undefined
  /** How long the suite waits for what must happen without anybody waiting for it. @defaultValue 10_000 */
  readonly patienceMs?: number | undefined
  /** Makes a server of the transport's protocol. @defaultValue an HTTP server */
  readonly listen?: (() => Promise<LawServer>) | undefined
  /** Makes a transport for the target, with these limits and otherwise with its own defaults. */
  open(upstreams: Upstreams, target: Target, limits: TransportLimits): OpenTransport | Promise<OpenTransport>
}

/** The laws of balancing for a transport. Each opens servers and a transport of its own. */
export function transportLaws(subject: TransportSubject): readonly Law[] {
  const { name, upgrades = false } = subject
  const law = (fact: string, check: () => Promise<void>): Law => ({ name: `${name}: ${fact}`, check })
  return [
    law('an answer reaches the caller whole', () => checkAnswer(subject)),
    law('a call that was never written moves, a POST too', () => checkMoves(subject)),
    law('a POST that may have been processed fails with that fate and is never sent twice', () =>
      checkNotRepeated(subject),
    ),
    law('a POST that is answered 503 is answered 503', () => checkUnavailableAnswer(subject)),
    ...(['drop', 'unavailable', 'hang'] as const).map((behaviour) =>
      law(`a GET is repeated on an untried peer when one would ${behaviour}`, () => checkRepeats(subject, behaviour)),
    ),
    law('a call that fails everywhere fails after few attempts, with its fate', () => checkFewAttempts(subject)),
    law('a call that its caller aborts goes nowhere else', () => checkAbortedCallStays(subject)),
    law('an endpoint that left gets no more calls', () => checkLeft(subject)),
    ...paths.map((path) => law(`in flight is 0 again after ${path.name}`, () => checkIdleAfter(subject, path))),
    ...(upgrades ? [law('an upgraded socket is in flight until it closes', () => checkUpgrade(subject))] : []),
    law('a stall of this process is not held against a peer', () => checkStall(subject)),
    law('after close no socket, timer or other resource is left', () => checkClose(subject)),
  ]
}
