/**
 * The test service of the gRPC interop cases: its messages as objects, and its methods as grpc-js takes them.
 */
import { join } from 'node:path'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

/** A message without a field. */
export type Empty = Readonly<Record<string, never>>

/** Bytes that mean nothing: zeros. */
export interface Payload {
  /** The zeros. */
  readonly body: Uint8Array
}

/** The status with which the server has to end the call. */
export interface EchoStatus {
  /** As in grpc-js's `status`. */
  readonly code: number
  /** What goes with it. */
  readonly message: string
}

/** Of UnaryCall. */
export interface SimpleRequest {
  /** Bytes of the response's payload. @defaultValue 0 */
  readonly responseSize?: number
  /** Only its size matters. */
  readonly payload?: Payload | null
  /** Ends the call in place of a response. */
  readonly responseStatus?: EchoStatus | null
}

/** Of UnaryCall and of both calls whose answers are streams. */
export interface PayloadResponse {
  /** Of the size that was asked for. */
  readonly payload: Payload | null
}

/** Of StreamingInputCall. */
export interface InputRequest {
  /** Only its size matters. */
  readonly payload: Payload | null
}

/** Of StreamingInputCall. */
export interface InputResponse {
  /** Bytes of all payloads of the requests. */
  readonly aggregatedPayloadSize: number
}

/** Of StreamingOutputCall and FullDuplexCall. */
export interface OutputRequest {
  /** One response for each. */
  readonly responseParameters?: readonly { readonly size: number }[]
  /** Only its size matters. */
  readonly payload?: Payload | null
  /** Ends the call in place of a response. */
  readonly responseStatus?: EchoStatus | null
}

/** The methods of the service, with the types of their messages. */
export interface TestService {
  /** Unary; answers nothing. */
  readonly EmptyCall: MethodDefinition<Empty, Empty>
  /** Unary; answers with a payload. */
  readonly UnaryCall: MethodDefinition<SimpleRequest, PayloadResponse>
  /** One request, a response for each of its parameters. */
  readonly StreamingOutputCall: MethodDefinition<OutputRequest, PayloadResponse>
  /** Adds up the payloads of all requests. */
  readonly StreamingInputCall: MethodDefinition<InputRequest, InputResponse>
  /** Many requests, a response at once for each of their parameters. */
  readonly FullDuplexCall: MethodDefinition<OutputRequest, PayloadResponse>
  /** No server has it. */
  readonly UnimplementedCall: MethodDefinition<Empty, Empty>
}

const definitions = loadSync(join(import.meta.dirname, 'service.proto'), { defaults: true })

/** `grpc.testing.TestService`. */
export const testService: TestService = definitions['grpc.testing.TestService'] as unknown as TestService

/** `grpc.testing.UnimplementedService`, which no server has. */
export const unimplementedService: Pick<TestService, 'UnimplementedCall'> = definitions[
  'grpc.testing.UnimplementedService'
] as unknown as Pick<TestService, 'UnimplementedCall'>

/** The same methods as a server of grpc-js takes them. */
export const served: ServiceDefinition = testService as unknown as ServiceDefinition

/** So many zeros. */
export function zeros(size: number): Payload {
  return { body: new Uint8Array(size) }
}

/** Sizes of the requests of a stream. */
export const requestSizes: readonly number[] = [27_182, 8, 1_828, 45_904]

/** Sizes of the responses of a stream. */
export const responseSizes: readonly number[] = [31_415, 9, 2_653, 58_979]

/** Size of what large_unary sends. */
export const largeRequestSize = 271_828

/** Size of what large_unary asks for. */
export const largeSize = 314_159

/** What large_unary sends. */
export function largeRequest(): SimpleRequest {
  return { responseSize: largeSize, payload: zeros(largeRequestSize) }
}

/** One message of a stream that asks for one response. */
export function outputRequest(size: number, responseSize: number): OutputRequest {
  return { responseParameters: [{ size: responseSize }], payload: zeros(size) }
}
