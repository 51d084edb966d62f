/**
 * `grpc.health.v1.Health/Watch` on a test's server, in the hands of the test.
 */
import type { Server, ServerWritableStream } from '@grpc/grpc-js'

type Stream = ServerWritableStream<string, number>

/** Adds the service to the server. */
export class HealthServer {
  /** The names that were asked for. */
  readonly asked: string[] = []
  readonly #streams = new Set<Stream>()
  #health = 1

  constructor(server: Server) {
    const definition = {
      watch: {
        path: '/grpc.health.v1.Health/Watch',
        requestStream: false,
        responseStream: true,
        requestSerialize: () => Buffer.alloc(0),
        requestDeserialize: (bytes: Buffer) => bytes.subarray(2).toString(),
        responseSerialize: (health: number) => Buffer.from([8, health]),
        responseDeserialize: () => 0,
      },
    } as const
    server.addService(definition, {
      watch: (stream: Stream) => {
        this.asked.push(stream.request)
        this.#streams.add(stream)
        stream.on('close', () => this.#streams.delete(stream))
        stream.write(this.#health)
      },
    } as never)
  }

  /** Streams that are open. */
  get watchers(): number {
    return this.#streams.size
  }

  /** Tells all watchers, and those that come. */
  say(health: 'serving' | 'not-serving'): void {
    this.#health = health === 'serving' ? 1 : 2
    for (const stream of this.#streams) stream.write(this.#health)
  }
}
