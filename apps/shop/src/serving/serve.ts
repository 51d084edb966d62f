/**
 * How every service of the shop listens: routes as JSON on one port; calls by gRPC on another, if it has some; probes and figures on a third, which a flood
 * of requests does not reach. On SIGTERM the probes drain the first two, then the process ends.
 */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { probes } from '@evenkeel/probes'
import { grpcServer } from '@evenkeel/probes/grpc'
import { type Calls, GrpcListener } from './grpc-listener.ts'
import { type Answer, answer, type Routes } from './routes.ts'

/** What a service is. */
export interface ServeOptions {
  readonly routes: Routes
  /** What it does by gRPC. @defaultValue nothing */
  readonly calls?: Calls | undefined
  /** More for the figures than every service has. */
  readonly figures: () => Readonly<Record<string, unknown>>
  readonly podName: string
  /** 0 means any free port. */
  readonly port: number
  /** Only of a service that has `calls`. @defaultValue any free one */
  readonly grpcPort?: number | undefined
  readonly internalPort: number
  /** @defaultValue all addresses, as a pod needs it */
  readonly host?: string | undefined
}

/** What `GET /figures` of the internal port tells of every service. */
export interface ServiceFigures {
  readonly pod: string
  /** Requests that came so far, calls by gRPC among them. */
  readonly requests: number
  /** Connections of clients of HTTP that are open now. */
  readonly connections: number
}

/** A service that listens. Disposing it cuts what is under way; SIGTERM is the gentle way. */
export interface RunningService extends AsyncDisposable {
  readonly url: string
  /** `HOST:PORT` of gRPC; undefined for a service without. */
  readonly grpcAddress: string | undefined
  readonly internalUrl: string
}

/** Listens on both ports. */
export async function serve(options: ServeOptions): Promise<RunningService> {
  const { routes, calls, figures, podName, port, grpcPort = 0, internalPort, host } = options
  let requests = 0
  const server = createServer(async (request, response) => {
    requests++
    send(response, podName, await answer(routes, request).catch(broken))
  })
  const grpc = calls === undefined ? undefined : new GrpcListener(calls, podName)
  // Its grace period is that of the manifests, the default of Kubernetes.
  const health = probes({ servers: grpc === undefined ? [server] : [server, grpcServer(grpc.server)] })
  const internal = createServer(async (request, response) => {
    if (health.handler(request, response)) return
    const connections = await promisify(server.getConnections.bind(server))()
    const own: ServiceFigures = { pod: podName, requests: requests + (grpc?.calls ?? 0), connections }
    const internalRoutes: Routes = { 'GET /figures': () => ({ status: 200, body: { ...own, ...figures() } }) }
    send(response, podName, await answer(internalRoutes, request).catch(broken))
  })
  const [internalUrl, url, grpcAddress] = await Promise.all([
    listen(internal, internalPort, host),
    listen(server, port, host),
    grpc?.listen(grpcPort, host),
  ])
  return {
    url,
    grpcAddress,
    internalUrl,
    [Symbol.asyncDispose]: async () => {
      await health.close()
      grpc?.server.forceShutdown()
      for (const one of [server, internal]) {
        one.close()
        one.closeAllConnections()
      }
    },
  }
}

function listen(server: Server, port: number, host: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject)
      const { address, family, port: got } = server.address() as AddressInfo
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${got}`)
    })
  })
}

function send(response: ServerResponse, podName: string, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-pod': podName })
  response.end(`${JSON.stringify({ pod: podName, ...body })}\n`)
}

/** A mistake of ours. Its text may hold secrets, so that it goes into the log only. */
function broken(error: unknown): Answer {
  console.error(error)
  return { status: 500, body: { error: 'see the log of the pod' } }
}
