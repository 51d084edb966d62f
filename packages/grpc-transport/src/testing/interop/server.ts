/**
 * A server of the interop cases that listens, with grpc-js.
 */
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { implementation } from './server/implementation.ts'
import { served } from './service.ts'

/** A server of either kind. Disposing cuts what is open. */
export interface InteropServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string
}

/** Listens at a free port. @param methods what answers, if not as the descriptions ask */
export async function serveInterop(methods: UntypedServiceImplementation = implementation): Promise<InteropServer> {
  const server = new Server()
  server.addService(served, methods)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.forceShutdown()
    },
  }
}
