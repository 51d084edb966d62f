/**
 * Whole answers of an API server.
 */
import type { Clock } from '@evenkeel/core'
import type { ApiAnswer, ApiServer } from '../../access/api-server.ts'
import { Deadline } from '../deadline.ts'
import { refusalOf } from './status.ts'

/** A server that has said nothing by then is tried again; client-go gives a list 60 s, of which ours needs the head alone. */
const headMs = 30_000

/** Whom to ask, and where time comes from. */
export interface Asked {
  readonly server: ApiServer
  readonly clock: Clock
}

/** The answer to a request that is granted. @throws Refusal for any other, ApiFailure from the connection, Error for one that stops in the middle */
export async function ask(asked: Asked, path: string, signal: AbortSignal): Promise<ApiAnswer> {
  return (await granted(asked, path, signal)).answer
}

/** The whole body of an answer that is granted. @throws as `ask` */
export async function read(asked: Asked, path: string, signal: AbortSignal): Promise<string> {
  const { answer, control } = await granted(asked, path, signal)
  return textOf(answer, control, asked.clock)
}

interface Granted {
  readonly answer: ApiAnswer
  /** Ends the answer. */
  readonly control: AbortController
}

async function granted({ server, clock }: Asked, path: string, signal: AbortSignal): Promise<Granted> {
  const control = new AbortController()
  const answer = await server.get({ path, headMs, signal: AbortSignal.any([signal, control.signal]) })
  if (answer.status === 200) return { answer, control }
  throw refusalOf(answer.status, await textOf(answer, control, clock), answer.header('retry-after'))
}

/** Over HTTP/1.1 nothing else would ever tell that the rest of a body does not come. */
async function textOf({ body }: ApiAnswer, control: AbortController, clock: Clock): Promise<string> {
  const chunks: Uint8Array[] = []
  const from = clock.now()
  let bytes = 0
  const cut = (): void => control.abort(new Error('the answer stopped in the middle'))
  const timed = {
    get ageMs() {
      return clock.now() - from
    },
    get bytes() {
      return bytes
    },
    cut,
  }
  using _deadline = new Deadline(clock, timed, true)
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(chunks).toString('utf8')
}
