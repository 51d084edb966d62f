/**
 * How a service of the shop listens to gRPC: its methods get messages and give messages, and every answer names the pod.
 */
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'

type Message = Readonly<Record<string, unknown>>

/** What a service does by gRPC. */
export interface Calls {
  readonly definition: ServiceDefinition
  /** By name, as in the .proto. */
  readonly methods: Readonly<Record<string, (request: Message) => Promise<Message>>>
}

/** A server of grpc-js, with the calls that came so far. */
export class GrpcListener {
  readonly server: Server = new Server()
  readonly #podName: string
  #calls = 0

  constructor({ definition, methods }: Calls, podName: string) {
    this.#podName = podName
    const handlers: UntypedServiceImplementation = {}
    for (const [name, handle] of Object.entries(methods))
      handlers[name] = (call: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) =>
        void this.#answer(handle, call.request, answer)
    this.server.addService(definition, handlers)
  }

  /** Calls that came so far. */
  get calls(): number {
    return this.#calls
  }

  /** @param host all addresses, as a pod needs it, if there is none @returns `HOST:PORT` */
  listen(port: number, host = '0.0.0.0'): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, got) => {
        if (error === null) resolve(`${host}:${got}`)
        else reject(error)
      })
    })
  }

  async #answer(
    handle: (request: Message) => Promise<Message>,
    request: Message,
    answer: sendUnaryData<Message>,
  ): Promise<void> {
    this.#calls++
    try {
      answer(null, { pod: this.#podName, ...(await handle(request)) })
    } catch (error) {
      // A mistake of ours. Its text may hold secrets, so that it goes into the log only.
      console.error(error)
      answer({ code: status.INTERNAL, details: 'see the log of the pod' })
    }
  }
}
