/**
 * Options of undici's pools that people bring along. Ignoring a time-out would be worse than refusing it, so each is refused with what it is called here.
 */
import { EvenkeelError } from '@evenkeel/core'

// As undici 8.12 has them: the options of Client, Pool, RoundRobinPool and BalancedPool that differ from ours in name or kind.
const successors: Readonly<Record<string, string>> = {
  connectTimeout: 'connectMs',
  headersTimeout: 'headMs',
  bodyTimeout: 'bodyMs',
  keepAliveTimeout: 'connections: { idleMs }',
  keepAliveMaxTimeout: 'connections: { idleMs }',
  keepAliveTimeoutThreshold: 'connections: { hintMarginMs }',
  pipelining: 'nothing: one request at a time on a connection',
  clientTtl: 'nothing: connections end with their upstream, by idleness, or when the server closes them',
  factory: 'nothing: the pool makes its connections itself',
  errorPenalty: 'guards',
  maxWeightPerServer: 'weight, of each upstream',
  tls: 'connect',
  maxCachedSessions: 'connect: { maxCachedSessions }',
  socketPath: 'nothing: upstreams are reached over TCP',
  localAddress: 'nothing: the system chooses the address to connect from',
  autoSelectFamily: 'connect: { autoSelectFamily }',
  allowH2: 'nothing: HTTP/1.1 only for now',
  useH2c: 'nothing: HTTP/1.1 only for now',
  maxHeaderSize: 'nothing: what undici has as its default holds',
  maxResponseSize: 'nothing: what undici has as its default holds',
}

/** @throws EvenkeelError `EVENKEEL_INVALID_OPTION` for the first option that only undici knows */
export function refuseUndiciOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue
    const successor = name === 'connections' ? perPeerOf(value) : successorOf(name)
    if (successor !== undefined)
      throw new EvenkeelError('EVENKEEL_INVALID_OPTION', `${name} is an option of undici (expected: ${successor})`, {
        fault: 'caller',
      })
  }
}

function successorOf(name: string): string | undefined {
  return Object.hasOwn(successors, name) ? successors[name] : undefined
}

function perPeerOf(connections: unknown): string | undefined {
  return typeof connections === 'number' ? `connections: { perPeer: ${connections} }` : undefined
}
