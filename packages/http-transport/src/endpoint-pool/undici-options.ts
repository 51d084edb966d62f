/**
 * Options of undici's pools that people bring along. Ignoring a time-out would be worse than refusing it, so each is refused with what it is called here.
 */
import { EvenkeelError } from '@evenkeel/core'

const http1 = 'nothing: HTTP/1.1 only for now'
const asUndici = 'nothing: the default of undici holds'

// As undici 8.12 has them: what its Client, Pool, RoundRobinPool and BalancedPool take and we do not, or under another name.
const successors: Readonly<Record<string, string>> = {
  connectTimeout: 'connectMs',
  headersTimeout: 'headMs',
  bodyTimeout: 'bodyMs',
  keepAliveTimeout: 'connections: { idleMs }',
  keepAliveMaxTimeout: 'connections: { idleMs }',
  keepAliveTimeoutThreshold: 'connections: { hintMarginMs }',
  pipelining: 'nothing: one request at a time on a connection',
  clientTtl: 'nothing: a connection ends when it is idle, its upstream goes or the server closes it',
  maxRequestsPerClient: 'nothing: a connection ends when it is idle, its upstream goes or the server closes it',
  factory: 'nothing: the pool makes its connections itself',
  errorPenalty: 'guards',
  maxWeightPerServer: 'weight, of each upstream',
  tls: 'connect',
  maxCachedSessions: 'connect: { maxCachedSessions }',
  autoSelectFamily: 'connect: { autoSelectFamily }',
  autoSelectFamilyAttemptTimeout: 'connect: { autoSelectFamilyAttemptTimeout }',
  socketPath: 'nothing: upstreams are reached over TCP',
  localAddress: 'nothing: the system chooses the address to connect from',
  allowH2: http1,
  useH2c: http1,
  h2Options: http1,
  maxConcurrentStreams: http1,
  initialWindowSize: http1,
  connectionWindowSize: http1,
  pingInterval: http1,
  maxHeaderSize: asUndici,
  maxResponseSize: asUndici,
  strictContentLength: asUndici,
  useMilo: asUndici,
  webSocket: asUndici,
  eventSource: asUndici,
}

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for the first option that only undici has */
export function refuseUndiciOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const successor = value === undefined || value === null ? undefined : successorOf(name, value)
    if (successor !== undefined)
      throw new EvenkeelError('EVENKEEL_INVALID_OPTION', `${name} is an option of undici (expected: ${successor})`, {
        fault: 'caller',
      })
  }
}

function successorOf(name: string, value: unknown): string | undefined {
  // Ours have the same names and take other values.
  if (name === 'connections' && typeof value === 'number') return `connections: { perPeer: ${value} }`
  if (name === 'connect' && typeof value === 'function') return 'connect: TLS and socket options'
  return Object.hasOwn(successors, name) ? successors[name] : undefined
}
