/**
 * Whole answers of an API server.
 */
import type { ApiAnswer, ApiServer } from '../../access/api-server.ts'
import { refusalOf } from './status.ts'

// A server that has said nothing by then is tried again; client-go gives a list 60 s, of which ours needs the head alone.
const headMs = 30_000

/** The answer to a request that is granted. @throws Refusal for any other, ApiFailure from the connection */
export async function ask(server: ApiServer, path: string, signal: AbortSignal): Promise<ApiAnswer> {
  const answer = await server.get({ path, headMs, signal })
  if (answer.status === 200) return answer
  throw refusalOf(answer.status, await textOf(answer), answer.header('retry-after'))
}

/** The whole body of an answer that is granted. @throws as `ask` */
export async function read(server: ApiServer, path: string, signal: AbortSignal): Promise<string> {
  return textOf(await ask(server, path, signal))
}

async function textOf({ body }: ApiAnswer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
