/**
 * Calls of a grpc-js client from their start to their status, which is what every interop case looks at.
 */

import { systemWallTime } from '@evenkeel/core'
import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  Metadata,
  type MethodDefinition,
  type StatusObject,
} from '@grpc/grpc-js'

// A case that hangs fails. Far above what any call takes on a shared machine.
const hangsMs = 60_000

/** How a call ended. */
export interface Ended<Response> {
  /** Initial metadata, if there were any. */
  readonly head: Metadata | undefined
  /** All messages, in order. */
  readonly responses: readonly Response[]
  /** Code, message and trailing metadata. */
  readonly status: StatusObject
}

/** What a case may ask of a call. */
export interface CallWishes {
  /** Sent as initial metadata. @defaultValue none */
  readonly metadata?: Metadata
  /** Time until the deadline. @defaultValue one minute, after which the case has failed */
  readonly withinMs?: number
}

/** Client streaming: the stream to write to, and how it ends. */
export interface Upload<Request, Response> {
  /** Takes the requests; `end` says that there are no more. */
  readonly stream: ClientWritableStream<Request>
  /** Resolves with the status, whatever it is. */
  readonly ended: Promise<Ended<Response>>
}

/** One request, one response. */
export function askOnce<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
  request: Request,
  wishes: CallWishes = {},
): Promise<Ended<Response>> {
  const { metadata = new Metadata() } = wishes
  const responses: Response[] = []
  const keep = (_error: unknown, response?: Response): void => {
    if (response !== undefined) responses.push(response)
  }
  return endOf(
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, optionsOf(wishes), keep),
    responses,
  )
}

/** Many requests, one response. */
export function upload<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
): Upload<Request, Response> {
  const responses: Response[] = []
  const keep = (_error: unknown, response?: Response): void => {
    if (response !== undefined) responses.push(response)
  }
  const stream = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, optionsOf({}), keep)
  return { stream, ended: endOf(stream, responses) }
}

/** One request, many responses. */
export function download<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
  request: Request,
): Promise<Ended<Response>> {
  return drain(client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, optionsOf({})))
}

/** Many of both. `drain` reads it. */
export function converse<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
  wishes: CallWishes = {},
): ClientDuplexStream<Request, Response> {
  const { metadata = new Metadata() } = wishes
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, optionsOf(wishes))
}

/** Reads a stream to its end. @param heard called for each response with how many there are by now */
export async function drain<Response>(
  stream: ClientReadableStream<Response>,
  heard: (count: number) => void = () => {},
): Promise<Ended<Response>> {
  const responses: Response[] = []
  // The status says what an error says.
  stream.on('error', () => {})
  const isRead = new Promise<void>((resolve) => {
    stream.once('end', resolve).once('error', () => resolve())
  })
  stream.on('data', (response: Response) => heard(responses.push(response)))
  const ended = await endOf(stream, responses)
  await isRead
  return ended
}

function optionsOf({ withinMs = hangsMs }: CallWishes): CallOptions {
  return { deadline: systemWallTime() + withinMs }
}

function endOf<Response>(
  call: ClientUnaryCall | ClientReadableStream<Response>,
  responses: readonly Response[],
): Promise<Ended<Response>> {
  let head: Metadata | undefined
  call.once('metadata', (metadata: Metadata) => {
    head = metadata
  })
  return new Promise((resolve) => {
    call.once('status', (status: StatusObject) => resolve({ head, responses, status }))
  })
}
