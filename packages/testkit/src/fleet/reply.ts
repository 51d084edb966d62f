/**
 * Carries out a behaviour on the response of one request.
 */
import type { ServerResponse } from 'node:http'
import { systemClock } from '@evenkeel/core'
import type { Behaviour, ScriptedAnswer } from './script.ts'

/** Answers, or fails, as told. Nothing happens if the caller has gone. */
export function reply(response: ServerResponse, behaviour: Behaviour): void {
  if (typeof behaviour === 'object') answer(response, behaviour)
  else if (behaviour === 'drop') response.socket?.destroy()
  else if (behaviour === 'reset') response.socket?.resetAndDestroy()
  else if (behaviour === 'cut') begin(response, () => response.socket?.destroy())
  else if (behaviour === 'pause') begin(response)
}

/** A script of the user's that failed must not look like an endpoint that hangs. */
export function replyFailed(response: ServerResponse, error: unknown): void {
  answer(response, { status: 500, body: `the script of the endpoint failed: ${error}` })
}

function answer(response: ServerResponse, { status = 200, headers = {}, body, delayMs = 0 }: ScriptedAnswer): void {
  const send = (): void => {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value)
    response.statusCode = status
    response.end(bytesOf(response, body))
  }
  if (delayMs <= 0) {
    send()
    return
  }
  const timer = systemClock.after(delayMs, send)
  response.once('close', () => timer[Symbol.dispose]())
}

function bytesOf(response: ServerResponse, body: ScriptedAnswer['body']): string | Uint8Array {
  if (body === undefined) return ''
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json')
  return JSON.stringify(body)
}

/** Promises more than comes. */
function begin(response: ServerResponse, then?: () => void): void {
  response.writeHead(200, { 'content-length': '100' })
  response.write('a part', then)
}
