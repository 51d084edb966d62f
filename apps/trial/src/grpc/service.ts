/**
 * The service of the trial, as a generated stub has it, with JSON for messages: what is tried is the path of calls, and not a codec.
 */
import {
  type Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  type MethodDefinition,
  makeGenericClientConstructor,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js'

/** What is asked. */
export interface Asked {
  /** Name of the client. */
  readonly client: string
  /** Number of the call, unique for the client. */
  readonly call: number
  /** When the client began it, by the clock of the machine. */
  readonly beganMs: number
  /** How many messages a stream wants, one each half second. @defaultValue none */
  readonly messages?: number | undefined
}

/** What a pod answers. */
export interface Told {
  readonly pod: string
}

/** Full name of the service. */
export const serviceName = 'evenkeel.trial.Orders'

/** How often a stream has a message. */
export const messageEveryMs = 500

/** `read` may be sent again, `write` may not, `follow` is a stream of messages. */
export const ordersService: ServiceDefinition = {
  read: method('Read', 'unary'),
  write: method('Write', 'unary'),
  follow: method('Follow', 'stream'),
}

type Answered = (error: ServiceError | null, told?: Told) => void

/** As a generated client has it. */
export interface OrdersClient extends Client {
  read(asked: Asked, options: { readonly deadline: Date }, answered: Answered): ClientUnaryCall
  write(asked: Asked, options: { readonly deadline: Date }, answered: Answered): ClientUnaryCall
  follow(asked: Asked): ClientReadableStream<Told>
}

/** As a generated stub has it. */
export const OrdersClient: new (...parts: ConstructorParameters<typeof Client>) => OrdersClient =
  makeGenericClientConstructor(ordersService, 'Orders') as unknown as new (
    ...parts: ConstructorParameters<typeof Client>
  ) => OrdersClient

function method(name: string, answers: 'unary' | 'stream'): MethodDefinition<Asked, Told> {
  return {
    path: `/${serviceName}/${name}`,
    requestStream: false,
    responseStream: answers === 'stream',
    requestSerialize: toBytes,
    requestDeserialize: fromBytes,
    responseSerialize: toBytes,
    responseDeserialize: fromBytes,
  }
}

function toBytes(message: object): Buffer {
  return Buffer.from(JSON.stringify(message))
}

function fromBytes<Message>(bytes: Buffer): Message {
  return JSON.parse(bytes.toString()) as Message
}
