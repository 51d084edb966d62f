/**
 * The servers and the calls of the transport laws in gRPC: the path of a call is its metadata, its body is the message, POST is a method that is not marked as
 * repeatable, GET is one that is.
 */

import { systemClock } from '@evenkeel/core'
import type { LawBehaviour, LawServer, TransportAnswer, TransportCall } from '@evenkeel/testkit'
import { Metadata, type ServerUnaryCall, type ServiceError, type sendUnaryData, status } from '@grpc/grpc-js'
import { evenkeelErrorOf } from '../calling/call-log.ts'
import type { EchoClient } from './echo-service.ts'
import { within } from './field.ts'
import { failWith, silent, TestServer } from './servers.ts'

const pathKey = 'law-path'

/** A grpc-js server that behaves as told. */
export class GrpcLawServer implements LawServer {
  behaviour: LawBehaviour = 'answer'
  onRequest: (() => void) | undefined
  readonly #server: TestServer
  readonly #seen = new Map<string, number>()
  readonly #waiting = new Set<() => void>()

  private constructor(server: TestServer) {
    this.#server = server
    server.answer = (call, answer) => this.#behave(call, answer)
  }

  /** Closed when the test has ended. */
  static async listen(): Promise<GrpcLawServer> {
    return new GrpcLawServer(await TestServer.listen('law'))
  }

  get locator(): string {
    return this.#server.locator
  }

  get total(): number {
    return this.#server.seen.length
  }

  get connections(): number {
    return this.#server.sockets.size
  }

  seen(path: string): number {
    return this.#seen.get(path) ?? 0
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  async close(): Promise<void> {
    this.#server.kill()
  }

  #behave(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void {
    const path = String(call.metadata.get(pathKey)[0])
    this.#seen.set(path, this.seen(path) + 1)
    this.onRequest?.()
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
    const { behaviour } = this
    if (behaviour === 'cut' || behaviour === 'pause') call.sendMetadata(new Metadata())
    if (behaviour === 'answer') answer(null, call.request)
    else if (behaviour === 'unavailable') failWith(status.UNAVAILABLE)(call, answer)
    else if (behaviour === 'drop') this.#server.cut()
    // After the head is on its way.
    else if (behaviour === 'cut') systemClock.afterPoll(() => this.#server.cut())
    else silent(call, answer)
  }
}

/** A call of the laws. */
export function lawCall(
  client: EchoClient,
  { method, path, body = '', signal }: TransportCall,
  headMs: number,
): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    const metadata = new Metadata()
    metadata.set(pathKey, path)
    const name = method === 'GET' ? 'safe' : 'unary'
    // What may not be repeated has its deadline only.
    const options = method === 'GET' ? {} : within(headMs * 2)
    const call = client[name](Buffer.from(body), metadata, options, (error: ServiceError | null, answer) => {
      signal.removeEventListener('abort', cancel)
      if (error === null) resolve({ status: 200, body: answer.toString() })
      else {
        const known = evenkeelErrorOf(error)
        if (known === undefined && error.code === status.UNAVAILABLE) resolve({ status: 503, body: '' })
        else reject(known ?? error)
      }
    })
    const cancel = (): void => call.cancel()
    signal.addEventListener('abort', cancel)
    if (signal.aborted) cancel()
  })
}
