import { type ErrorCode, errorCodes, type Outcome, type Phase } from '@evenkeel/core'
import { errors } from 'undici'
import { describe, expect, test } from 'vitest'
import { cancelOf, codeOf, failureOf, lapseOf } from './failure.ts'

/** An error with the code, or the name where undici gives no code. */
function withCode(code: string): Error {
  return Object.assign(new Error(code), /^[A-Z][a-z]|^HTTP/.test(code) ? { name: code } : { code })
}

function facts({
  outcome,
  code,
}: {
  readonly outcome: Outcome
  readonly code: string | undefined
}): readonly unknown[] {
  return [outcome.fate, outcome.fault, outcome.verdict, code]
}

const refused = ['unprocessed', 'network', 'bad', 'EVENKEEL_CONNECT_FAILED']
const slow = ['unprocessed', 'network', 'bad', 'EVENKEEL_CONNECT_TIMEOUT']
const ownBefore = ['unprocessed', 'caller', 'cancelled', 'EVENKEEL_CALLER_EXHAUSTED']
const ownAfter = ['maybe-processed', 'caller', 'cancelled', 'EVENKEEL_CALLER_EXHAUSTED']
const lost = ['maybe-processed', 'endpoint', 'bad', 'EVENKEEL_CONNECTION_LOST']
const silent = ['maybe-processed', 'endpoint', 'bad', 'EVENKEEL_HEAD_TIMEOUT']
const stopped = ['answered', 'endpoint', 'bad', 'EVENKEEL_BODY_TIMEOUT']
const cut = ['answered', 'endpoint', 'bad', 'EVENKEEL_CONNECTION_LOST']
const wrong = ['answered', 'endpoint', 'bad', 'EVENKEEL_PROTOCOL']
const garbled = ['maybe-processed', 'endpoint', 'bad', 'EVENKEEL_PROTOCOL']

// The faults that were measured, with the errors that undici and Node made of them.
const table: readonly (readonly [fault: string, code: string, phase: Phase, expected: readonly unknown[]])[] = [
  ['nothing listens', 'ECONNREFUSED', 'connect', refused],
  ['a SYN is dropped', 'UND_ERR_CONNECT_TIMEOUT', 'connect', slow],
  ['a SYN is dropped, says the kernel', 'ETIMEDOUT', 'connect', slow],
  ['there is no route', 'EHOSTUNREACH', 'connect', refused],
  ['the network is unreachable', 'ENETUNREACH', 'connect', refused],
  ['a blackhole route', 'EINVAL', 'connect', refused],
  ['a prohibit route', 'EACCES', 'connect', refused],
  ['a reset at accept', 'ECONNRESET', 'connect', refused],
  ['a name that does not resolve', 'ENOTFOUND', 'connect', refused],
  ['a certificate of another name', 'ERR_TLS_CERT_ALTNAME_INVALID', 'connect', refused],
  ['a certificate of an unknown authority', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'connect', refused],
  ['no port is left', 'EADDRNOTAVAIL', 'connect', ownBefore],
  ['no descriptor is left', 'EMFILE', 'connect', ownBefore],
  ['no descriptor is left in the system', 'ENFILE', 'connect', ownBefore],
  ['no buffer is left', 'ENOBUFS', 'connect', ownBefore],
  ['no memory is left', 'ENOMEM', 'connect', ownBefore],
  ['no buffer is left while sending', 'ENOBUFS', 'sent', ownAfter],
  ['a FIN on reading the request', 'UND_ERR_SOCKET', 'head', lost],
  ['a RST on reading the request', 'ECONNRESET', 'head', lost],
  ['a pipe that is broken while sending', 'EPIPE', 'sent', lost],
  ['a socket that is killed', 'ECONNABORTED', 'head', lost],
  ['retransmissions in vain', 'ETIMEDOUT', 'head', lost],
  ['a node that is gone', 'EHOSTUNREACH', 'head', lost],
  ['an answer that is cut in the body', 'UND_ERR_SOCKET', 'body', cut],
  ['a frozen server', 'UND_ERR_HEADERS_TIMEOUT', 'head', silent],
  ['a body that stops', 'UND_ERR_BODY_TIMEOUT', 'body', stopped],
  ['what is not HTTP', 'HPE_INVALID_CONSTANT', 'head', garbled],
  ['what is not HTTP, by the name alone', 'HTTPParserError', 'head', garbled],
  ['more or less body than announced', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'body', wrong],
  ['a head without end', 'UND_ERR_HEADERS_OVERFLOW', 'head', garbled],
]

describe('failureOf', () => {
  test.each(table)('knows %s (%s in %s)', (_fault, code, phase, expected) => {
    expect(facts(failureOf(withCode(code), phase, false))).toEqual(expected)
  })

  test('a connect time-out after a stall of this process is its own', () => {
    expect(facts(failureOf(new errors.ConnectTimeoutError(), 'connect', true))).toEqual(ownBefore)
  })

  test('a refused connection after a stall is still the network’s', () => {
    expect(facts(failureOf(withCode('ECONNREFUSED'), 'connect', true))).toEqual(refused)
  })

  test('what undici refuses to send is the caller’s error, and reaches it as it is', () => {
    const failure = failureOf(new errors.InvalidArgumentError('invalid header'), 'connect', false)
    expect(facts(failure)).toEqual(['unprocessed', 'caller', 'cancelled', undefined])
  })

  test('an error that nobody knows, after bytes left, is the caller’s: its handler or its body threw', () => {
    expect(facts(failureOf(new TypeError('mine'), 'body', false))).toEqual([
      'maybe-processed',
      'caller',
      'cancelled',
      undefined,
    ])
  })
})

describe('the table of error codes', () => {
  test.each([...new Set([...table.map(([, , , expected]) => expected), slow, ownBefore, ownAfter, silent])])(
    'knows that a request can be %s, by the fault of %s and %s, in an error %s',
    (fate, fault, _verdict, code) => {
      const { fates, faults } = errorCodes[code as ErrorCode]
      expect(fates).toContain(fate)
      expect(faults).toContain(fault)
    },
  )
})

describe('codeOf', () => {
  test('is the code, else the name, else unknown', () => {
    expect(codeOf(withCode('EPIPE'))).toBe('EPIPE')
    expect(codeOf(new TypeError('x'))).toBe('TypeError')
    expect(codeOf({ code: 7 })).toBe('unknown')
    expect(codeOf(undefined)).toBe('unknown')
    expect(codeOf('text')).toBe('unknown')
  })
})

describe('cancelOf and lapseOf', () => {
  test.each<[Phase, string]>([
    ['pick', 'unprocessed'],
    ['connect', 'unprocessed'],
    ['sent', 'maybe-processed'],
    ['head', 'maybe-processed'],
    ['body', 'answered'],
  ])('a call that is cancelled in %s is %s and nobody’s fault', (phase, fate) => {
    expect(cancelOf(phase)).toMatchObject({ fate, verdict: 'cancelled', fault: 'none' })
  })

  test('what was never sent is not processed, however long it took', () => {
    expect(facts(lapseOf('connect', 'endpoint')).slice(0, 2)).toEqual(['unprocessed', 'network'])
    expect(facts(lapseOf('head', 'endpoint'))).toEqual(silent)
  })

  test('a time-out of a process that was stalled is its own', () => {
    expect(facts(lapseOf('connect', 'caller'))).toEqual(ownBefore)
    expect(facts(lapseOf('head', 'caller'))).toEqual(ownAfter)
  })
})
