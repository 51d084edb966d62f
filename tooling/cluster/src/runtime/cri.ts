/**
 * CRI, the language in which a kubelet talks to a container runtime (`k8s.io/cri-api`, runtime/v1), as far as it is needed here. Names are those of its
 * definition, which comes from the module that the kubelet is built from.
 */
import { Server, ServerCredentials, type ServiceDefinition, status, type UntypedHandleCall } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { containerRuntimeInterface } from '../programs.ts'

/** What a sandbox or container is found by. */
export type Labels = Readonly<Record<string, string>>

/** What a kubelet wants of a pod, before its containers. */
export interface SandboxConfig {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly namespace: string
    readonly attempt: number
  }
  readonly hostname: string
  readonly log_directory: string
  readonly dns_config: null | {
    readonly servers: readonly string[]
    readonly searches: readonly string[]
    readonly options: readonly string[]
  }
  readonly labels: Labels
  readonly annotations: Labels
  readonly linux: null | {
    readonly security_context: null | { readonly namespace_options: null | { readonly network: 'POD' | 'NODE' } }
  }
}

/** A file or folder that a container sees. */
export interface Mount {
  readonly container_path: string
  readonly host_path: string
}

/** What a kubelet wants of a container. */
export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number }
  readonly image: { readonly image: string; readonly user_specified_image: string }
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly working_dir: string
  readonly envs: readonly { readonly key: string; readonly value: Uint8Array }[]
  readonly mounts: readonly Mount[]
  readonly labels: Labels
  readonly annotations: Labels
  readonly log_path: string
  /** `SIGNAL_RUNTIME_DEFAULT` or a signal with `SIGNAL_` in front. */
  readonly stop_signal: string
}

/** What a list is narrowed to; empty fields narrow nothing. */
export interface Filter {
  readonly id?: string
  readonly state?: null | { readonly state: string }
  readonly pod_sandbox_id?: string
  readonly label_selector?: Labels
}

/** An error with a code of gRPC that the kubelet looks at. */
export class CriError extends Error {
  readonly code: status

  constructor(code: 'NOT_FOUND' | 'DEADLINE_EXCEEDED', message: string) {
    super(message)
    this.code = status[code]
  }
}

/** Answers of one service by the names of its calls; what is missing is answered "unimplemented". */
// biome-ignore lint/suspicious/noExplicitAny: each call has a request of its own
export type Calls = Readonly<Record<string, (request: any) => object | Promise<object>>>

/** Whether a row is one of those asked for. */
export function matches(
  filter: Filter | null,
  row: { readonly id: string; readonly state: string; readonly pod_sandbox_id?: string; readonly labels: Labels },
): boolean {
  if (filter === null) return true
  if (filter.id !== undefined && filter.id !== '' && filter.id !== row.id) return false
  if (filter.state !== undefined && filter.state !== null && filter.state.state !== row.state) return false
  const { pod_sandbox_id: sandbox = '', label_selector: labels = {} } = filter
  if (sandbox !== '' && sandbox !== row.pod_sandbox_id) return false
  return Object.entries(labels).every(([key, value]) => row.labels[key] === value)
}

/** Serves both services of a runtime at a socket. @returns a function that stops it */
export async function serveCri(socket: string, runtime: Calls, images: Calls): Promise<() => void> {
  const definition = loadSync(containerRuntimeInterface(), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  })
  const server = new Server()
  for (const [name, calls] of Object.entries({ RuntimeService: runtime, ImageService: images }))
    server.addService(definition[`runtime.v1.${name}`] as ServiceDefinition, handlers(calls))
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    )
  })
  return () => server.forceShutdown()
}

function handlers(calls: Calls): Record<string, UntypedHandleCall> {
  return Object.fromEntries(
    Object.entries(calls).map(([name, answer]): [string, UntypedHandleCall] => [
      name,
      (call: { readonly request: object }, done: (error: object | null, reply?: object) => void): void => {
        // Started in a promise, so that what is thrown at once is an answer too.
        Promise.resolve(call.request)
          .then(answer)
          .then(
            (reply) => done(null, reply),
            (error: Error) =>
              done({ code: error instanceof CriError ? error.code : status.UNKNOWN, details: error.message }),
          )
      },
    ]),
  )
}
