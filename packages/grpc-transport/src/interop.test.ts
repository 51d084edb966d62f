import {
  Client,
  credentials,
  InterceptingCall,
  type Interceptor,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import type { InteropCase, InteropClient } from './testing/interop/case.ts'
import { interopCases } from './testing/interop/cases.ts'
import { describePairing } from './testing/interop/described.ts'
import { checksOf, playPairing } from './testing/interop/pairing.ts'
import { ownPairings } from './testing/interop/pairings/own.ts'
import { plainClient } from './testing/interop/parties/grpc-js.ts'
import { implementation } from './testing/interop/server/implementation.ts'
import { serveInterop } from './testing/interop/server.ts'
import {
  type InputRequest,
  type InputResponse,
  largeSize,
  type OutputRequest,
  type PayloadResponse,
  type SimpleRequest,
  zeros,
} from './testing/interop/service.ts'

// `npm run interop` and the suite on the cluster call a thousand times, as the description asks; here that would be most of the time of all tests.
const iterations = 100

for (const pairing of ownPairings) describePairing(pairing, iterations)

/** Servers that get one thing wrong, each under the cases that have to notice. */
const broken: Readonly<Record<string, UntypedServiceImplementation>> = {
  'empty_unary unimplemented_method': {
    EmptyCall: refuse,
    UnimplementedCall: (_call: unknown, answer: sendUnaryData<object>) => answer(null, {}),
  },
  'large_unary custom_metadata rpc_soak channel_soak': {
    // The right size, but other bytes and no metadata.
    UnaryCall: (_call: unknown, answer: sendUnaryData<PayloadResponse>) =>
      answer(null, { payload: { body: new Uint8Array(largeSize).fill(1) } }),
  },
  custom_metadata: { UnaryCall: answerWithoutMetadata },
  'status_code_and_message special_status_message': {
    UnaryCall: ({ request }: ServerUnaryCall<SimpleRequest, PayloadResponse>, answer: sendUnaryData<PayloadResponse>) =>
      answer({ code: status.UNKNOWN, details: request.responseStatus?.message.trim().slice(1) ?? '' }),
  },
  status_code_and_message: { FullDuplexCall: endAtOnce },
  client_streaming: {
    StreamingInputCall(call: ServerReadableStream<InputRequest, InputResponse>, answer: sendUnaryData<InputResponse>) {
      call.resume().on('end', () => answer(null, { aggregatedPayloadSize: 74_921 }))
    },
  },
  server_streaming: {
    StreamingOutputCall(call: ServerWritableStream<OutputRequest, PayloadResponse>) {
      for (const { size } of [...(call.request.responseParameters ?? [])].reverse())
        call.write({ payload: zeros(size) })
      call.end()
    },
  },
  'ping_pong cancel_after_first_response': { FullDuplexCall: endAtOnce },
  empty_stream: {
    FullDuplexCall(call: ServerDuplexStream<OutputRequest, PayloadResponse>) {
      call.write({ payload: zeros(0) })
      call.end()
    },
  },
}

test.each(Object.entries(broken))('%s: not as described if the server is not', async (names, methods) => {
  await using server = await serveInterop({ ...implementation, ...methods })
  for (const name of names.split(' '))
    await expect(plainClient.play(named(name), server.address, 2), name).rejects.toThrow()
})

/** Makes every status OK. */
const lie: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall(options), {
    start(metadata, _listener, next) {
      next(metadata, { onReceiveStatus: (got, pass) => pass({ ...got, code: status.OK }) })
    },
  })

test.each([
  'status_code_and_message',
  'special_status_message',
  'unimplemented_method',
  'unimplemented_service',
  'cancel_after_begin',
  'cancel_after_first_response',
  'timeout_on_sleeping_server',
])('%s: not as described if the client hears of no failure', async (name) => {
  await using server = await serveInterop()
  const makeClient = (): InteropClient => {
    const client = new Client(server.address, credentials.createInsecure(), { interceptors: [lie] })
    return { client, [Symbol.asyncDispose]: async () => client.close() }
  }
  await expect(named(name).play(makeClient, 2)).rejects.toThrow('OK')
})

test('a case that may be tried again passes if any try does', async () => {
  let answered = 0
  const EmptyCall = (call: unknown, answer: sendUnaryData<object>): void =>
    ++answered === 1 ? refuse(call, answer) : answer(null, {})
  const server = { name: 'late', serve: () => serveInterop({ ...implementation, EmptyCall }) }
  const [first] = await playPairing({ client: plainClient, server, tries: { empty_unary: 3 } }, 2)
  expect(first).toMatchObject({ case: 'empty_unary', verdict: 'passed', tries: 2 })
})

test('the verdicts of a pair name what failed and what was said', async () => {
  const server = { name: 'of another kind', serve: () => serveInterop({ ...implementation, EmptyCall: refuse }) }
  const verdicts = await playPairing({ client: plainClient, server }, 2)
  expect(verdicts.map((each) => each.case)).toEqual(interopCases.map(({ name }) => name))
  expect(checksOf(verdicts).filter(({ ok }) => !ok)).toEqual([
    {
      id: 'interop.grpc-js-plain-channel.of-another-kind.empty_unary',
      claim: 'empty_unary is as described, from grpc-js, plain channel to a of another kind server',
      expected: 'passed',
      got: expect.stringContaining('DATA_LOSS: refused'),
      unit: '',
      ok: false,
    },
  ])
})

function named(name: string): InteropCase {
  const found = interopCases.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found
}

function refuse(_call: unknown, answer: sendUnaryData<object>): void {
  answer({ code: status.DATA_LOSS, details: 'refused' })
}

function answerWithoutMetadata(
  { request }: ServerUnaryCall<SimpleRequest, PayloadResponse>,
  answer: sendUnaryData<PayloadResponse>,
): void {
  answer(null, { payload: zeros(request.responseSize ?? 0) })
}

function endAtOnce(call: ServerDuplexStream<OutputRequest, PayloadResponse>): void {
  call.end()
}
