/**
 * The service of the tests, without a .proto: messages are bytes.
 */
import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  type Metadata,
  makeGenericClientConstructor,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js'

const asIs = (bytes: Buffer): Buffer => bytes
const method = (name: string, requestStream: boolean, responseStream: boolean) =>
  ({
    path: `/test.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  }) as const

/** As a generated stub has it. */
export const echoService: ServiceDefinition = {
  unary: method('Unary', false, false),
  safe: method('Safe', false, false),
  serverStream: method('ServerStream', false, true),
  clientStream: method('ClientStream', true, false),
  duplex: method('Duplex', true, true),
}

type Answered = (error: ServiceError | null, answer: Buffer) => void

/** As a generated client has it. */
export interface EchoClient extends Client {
  /** A method that is not marked. */
  unary(message: Buffer, metadata: Metadata, options: CallOptions, answered: Answered): ClientUnaryCall
  /** A method that tests mark as repeatable. */
  safe(message: Buffer, metadata: Metadata, options: CallOptions, answered: Answered): ClientUnaryCall
  /** One message, then the end; "stay" for no end. */
  serverStream(message: Buffer, metadata?: Metadata, options?: CallOptions): ClientReadableStream<Buffer>
  /** Counts messages. */
  clientStream(answered: Answered): ClientWritableStream<Buffer>
  /** Echoes messages. */
  duplex(metadata?: Metadata, options?: CallOptions): ClientDuplexStream<Buffer, Buffer>
}

/** As a generated stub has it. */
export const EchoClient: new (...parts: ConstructorParameters<typeof Client>) => EchoClient =
  makeGenericClientConstructor(echoService, 'Echo') as unknown as new (
    ...parts: ConstructorParameters<typeof Client>
  ) => EchoClient
