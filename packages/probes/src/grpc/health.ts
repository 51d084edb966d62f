/**
 * The service `grpc.health.v1.Health`, as its protocol says: `Check` of an unknown service is NOT_FOUND, `Watch` of one says SERVICE_UNKNOWN and
 * goes on, `List` tells all.
 */

import { invalidOption } from '@evenkeel/core'
import type { ServerUnaryCall, ServiceDefinition, sendUnaryData } from '@grpc/grpc-js'
import type { GrpcJsServer } from './inside.ts'
import {
  decodeRequest,
  encodeList,
  encodeResponse,
  type HealthRequest,
  healthPath,
  type ServingStatus,
} from './messages.ts'
import type { Standings } from './standing.ts'
import type { WatchCall, Watches } from './watches.ts'

const notFound = 5
const resourceExhausted = 8
const unimplemented = 12
// The protocol's own bound.
const maxListed = 100

type Statuses = ReadonlyMap<string, ServingStatus>

/**
 * Adds the service to the server. Disposing takes it away.
 * @throws EvenkeelError with code EVENKEEL_INVALID_OPTION if the server has one
 */
export function serveHealth(server: GrpcJsServer, standings: Standings, watches: Watches): Disposable {
  const service = definition()
  try {
    server.addService(service, {
      Check: (call: ServerUnaryCall<HealthRequest, ServingStatus>, answer: sendUnaryData<ServingStatus>) =>
        void check(standings, call.request.service, answer),
      List: (_: unknown, answer: sendUnaryData<Statuses>) => void list(standings, answer),
      Watch: (call: WatchCall) => watch(watches, call),
    })
  } catch {
    throw invalidOption('health', 'probes', 'application, for this server has a health service already')
  }
  return { [Symbol.dispose]: () => server.removeService(service) }
}

async function check(standings: Standings, name: string, answer: sendUnaryData<ServingStatus>): Promise<void> {
  const standing = await standings.ask(name)
  if (standing === undefined) answer({ code: notFound, details: 'the service is not known' })
  else answer(null, standing)
}

async function list(standings: Standings, answer: sendUnaryData<Statuses>): Promise<void> {
  const { names } = standings
  if (names.length > maxListed)
    return answer({ code: resourceExhausted, details: `${names.length} services, more than ${maxListed}` })
  const statuses = await Promise.all(
    names.map(async (name) => [name, (await standings.ask(name)) ?? 'SERVICE_UNKNOWN'] as const),
  )
  answer(null, new Map(statuses))
}

function watch(watches: Watches, call: WatchCall): void {
  // Of all codes only this one leaves the connection in use (gRFC A17): any other would take this server from the client.
  if (!watches.add(call)) call.emit('error', { code: unimplemented, details: 'too many watches' })
}

function definition(): ServiceDefinition {
  const method = <T>(name: string, responseStream: 'unary' | 'stream', encode: (value: T) => Buffer) => ({
    path: `${healthPath}${name}`,
    requestStream: false,
    responseStream: responseStream === 'stream',
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: decodeRequest,
    responseSerialize: encode,
    responseDeserialize: (bytes: Buffer) => bytes,
  })
  return {
    Check: method('Check', 'unary', encodeResponse),
    List: method('List', 'unary', encodeList),
    Watch: method('Watch', 'stream', encodeResponse),
  }
}
