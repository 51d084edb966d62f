/**
 * How the server of the interop cases answers, with grpc-js: the features that the descriptions ask of a server, as far as our cases need them.
 */
import type {
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { echoInitial, echoTrailing, only } from '../echo.ts'
import {
  type Empty,
  type InputRequest,
  type InputResponse,
  type OutputRequest,
  type PayloadResponse,
  type SimpleRequest,
  zeros,
} from '../service.ts'

/** The methods that there are; the others are unimplemented. */
export const implementation: UntypedServiceImplementation = {
  EmptyCall: answerEmpty,
  UnaryCall: answerOnce,
  StreamingOutputCall: answerMany,
  StreamingInputCall: addUp,
  FullDuplexCall: answerEach,
}

function answerEmpty(_call: ServerUnaryCall<Empty, Empty>, answer: sendUnaryData<Empty>): void {
  answer(null, {})
}

function answerOnce(
  call: ServerUnaryCall<SimpleRequest, PayloadResponse>,
  answer: sendUnaryData<PayloadResponse>,
): void {
  const { responseSize = 0, responseStatus } = call.request
  call.sendMetadata(only(echoInitial, call.metadata))
  if (responseStatus) answer({ code: responseStatus.code, details: responseStatus.message })
  else answer(null, { payload: zeros(responseSize) }, only(echoTrailing, call.metadata))
}

function answerMany(call: ServerWritableStream<OutputRequest, PayloadResponse>): void {
  for (const { size } of call.request.responseParameters ?? []) call.write({ payload: zeros(size) })
  call.end()
}

function addUp(call: ServerReadableStream<InputRequest, InputResponse>, answer: sendUnaryData<InputResponse>): void {
  let aggregatedPayloadSize = 0
  call.on('data', ({ payload }: InputRequest) => {
    aggregatedPayloadSize += payload?.body.length ?? 0
  })
  call.on('end', () => answer(null, { aggregatedPayloadSize }))
}

function answerEach(call: ServerDuplexStream<OutputRequest, PayloadResponse>): void {
  let isEnded = false
  call.sendMetadata(only(echoInitial, call.metadata))
  call.on('data', ({ responseParameters = [], responseStatus }: OutputRequest) => {
    // "The server will not process any further messages on the stream sent by the client" (Echo Status).
    if (isEnded) return
    if (responseStatus) {
      isEnded = true
      call.emit('error', { code: responseStatus.code, details: responseStatus.message })
      return
    }
    for (const { size } of responseParameters) call.write({ payload: zeros(size) })
  })
  call.on('end', () => {
    if (!isEnded) call.end(only(echoTrailing, call.metadata))
  })
}
