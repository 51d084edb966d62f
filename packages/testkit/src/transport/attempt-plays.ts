/**
 * Laws 1, 6 and 7 over real sockets: what moves, what is repeated and what is not. The servers count.
 */
import { Breach, holds } from '../law.ts'
import type { LawBehaviour, LawServer, TransportAnswer, TransportSubject } from '../transport-laws.ts'
import { evenkeelError, play, type TransportField } from './transport-field.ts'

// A policy may turn to the bad server late, never so late: of two peers that are alike each is picked in every other call.
const mostCalls = 200
// Larger than a socket's buffer, so that back-pressure is met.
const bodyBytes = 300_000

// Core's default for attempts, and law 7's bound for moves.
const mostAttempts = 3
const mostMoves = 3

type Both = readonly [LawServer, LawServer]

/** @throws Breach */
export function checkAnswer(subject: TransportSubject): Promise<void> {
  return play(subject, ['answer', 'answer'], async (field) => {
    const body = 'evenkeel'.repeat(bodyBytes / 8)
    const answer = await field.call({ method: 'POST', body })
    holds(7, answer.status === 200, () => `the status is ${answer.status}`)
    holds(7, answer.body === body, () => `${answer.body.length} characters come back of ${body.length}`)
  })
}

/** @throws Breach */
export function checkMoves(subject: TransportSubject): Promise<void> {
  return play(subject, ['answer', 'answer'], async (field) => {
    const [gone, good] = field.servers as Both
    await gone.close()
    for (let calls = 0; calls < mostCalls; calls++) {
      const path = field.path()
      const answer = await field.call({ method: 'POST', path, body: 'once' })
      holds(7, answer.status === 200, () => `a POST that was refused elsewhere is answered ${answer.status}`)
      holds(7, good.seen(path) === 1, () => `a POST arrives ${good.seen(path)} times`)
      if (field.witness.failedAt.has(gone.locator)) return
    }
    throw new Breach(7, `no call of ${mostCalls} tried the peer that refuses connections`)
  })
}

/** @throws Breach */
export function checkNotRepeated(subject: TransportSubject): Promise<void> {
  return play(subject, ['drop', 'answer'], async (field) => {
    const [bad] = field.servers as Both
    await until(field, bad, async (path) => {
      const call = field.call({ method: 'POST', path, body: 'once' })
      const result = await call.then(
        (answer) => answer.status,
        (error: unknown) => error,
      )
      holds(7, field.seen(path) === 1, () => `a POST was sent ${field.seen(path)} times`)
      if (bad.seen(path) === 0) return
      const error = evenkeelError(result)
      holds(7, error !== undefined, () => `a POST that was cut off ends with ${String(result)}`)
      holds(7, error?.fate === 'maybe-processed', () => `a POST that was cut off fails with fate ${error?.fate}`)
    })
  })
}

/** @throws Breach */
export function checkUnavailableAnswer(subject: TransportSubject): Promise<void> {
  return play(subject, ['unavailable', 'answer'], async (field) => {
    const [bad] = field.servers as Both
    await until(field, bad, async (path) => {
      const { status } = await field.call({ method: 'POST', path, body: 'once' })
      holds(7, field.seen(path) === 1, () => `a POST was sent ${field.seen(path)} times`)
      holds(7, status === (bad.seen(path) > 0 ? 503 : 200), () => `a POST is answered ${status}`)
    })
  })
}

/** @throws Breach */
export function checkRepeats(subject: TransportSubject, behaviour: LawBehaviour): Promise<void> {
  return play(subject, [behaviour, 'answer'], async (field) => {
    const [bad, good] = field.servers as Both
    await until(field, bad, async (path) => {
      const answer: TransportAnswer | unknown = await field.call({ path }).catch((error: unknown) => error)
      const { status } = answer as Partial<TransportAnswer>
      holds(7, status === 200, () => `a GET that met ${behaviour} ends with ${status ?? String(answer)}`)
      holds(6, bad.seen(path) <= 1, () => `a GET goes to the tried peer ${bad.seen(path)} times`)
      holds(6, good.seen(path) === 1, () => `a GET goes to the untried peer ${good.seen(path)} times`)
    })
  })
}

/** Every peer is bad: at most three attempts that may have been processed, and at most three moves. @throws Breach */
export async function checkFewAttempts(subject: TransportSubject): Promise<void> {
  await play(subject, ['drop', 'drop', 'drop', 'drop', 'drop'], async (field) => {
    const path = field.path()
    await field.failure(field.call({ path }), 7)
    const sent = field.seen(path)
    holds(7, sent > 1 && sent <= mostAttempts, () => `a GET that is dropped everywhere is sent ${sent} times`)
  })
  await play(subject, ['answer', 'answer', 'answer', 'answer', 'answer', 'answer'], async (field) => {
    for (const server of field.servers) await server.close()
    const error = evenkeelError(await field.failure(field.call({ method: 'POST', body: 'once' }), 7))
    const { failures } = field.witness
    holds(
      7,
      failures > 1 && failures <= mostMoves + 1,
      () => `a POST that is refused everywhere is tried ${failures} times`,
    )
    holds(7, error?.fate === 'unprocessed', () => `a POST that is refused everywhere fails with fate ${error?.fate}`)
  })
}

/** @throws Breach */
export function checkAbortedCallStays(subject: TransportSubject): Promise<void> {
  return play(subject, ['hang', 'hang'], async (field) => {
    const controller = new AbortController()
    const path = field.path()
    const call = field.failure(field.call({ path, signal: controller.signal }), 7)
    await field.eventually(
      () => field.seen(path) > 0,
      () => new Breach(7, 'the request never arrives'),
    )
    controller.abort()
    await call
    await field.idle()
    holds(7, field.seen(path) === 1, () => `a call that was aborted was sent ${field.seen(path)} times`)
  })
}

/** Law 1. @throws Breach */
export function checkLeft(subject: TransportSubject): Promise<void> {
  return play(subject, ['answer', 'answer'], async (field) => {
    const [left, stays] = field.servers as Both
    await until(field, left, async (path) => void (await field.call({ path })))
    field.list(stays)
    const before = left.total
    for (let calls = 0; calls < 20; calls++) await field.call({})
    holds(1, left.total === before, () => `${left.total - before} calls go to an endpoint that left`)
  })
}

/** Makes calls until one has met the server. */
async function until(field: TransportField, server: LawServer, call: (path: string) => Promise<void>): Promise<void> {
  for (let calls = 0; calls < mostCalls && server.total === 0; calls++) await call(field.path())
  holds(7, server.total > 0, () => `no call of ${mostCalls} reaches one of two servers`)
}
