import type { Target, Upstreams } from '@evenkeel/core'
import { type OpenTransport, type TransportLimits, transportLaws } from '@evenkeel/testkit'
import { credentials } from '@grpc/grpc-js'
import { describe, test } from 'vitest'
import { balancedChannel } from './channel.ts'
import { EchoClient } from './testing/echo-service.ts'
import { GrpcLawServer, lawCall } from './testing/law-server.ts'

function open(upstreams: Upstreams, target: Target, { headMs, connectMs }: TransportLimits): OpenTransport {
  const channel = balancedChannel(target, { upstreams, connectMs, attemptMs: headMs, repeatable: ['test.Echo/Safe'] })
  const client = new EchoClient(channel.address, credentials.createInsecure(), channel.options)
  return {
    call: (call) => lawCall(client, call, headMs),
    close: () => channel.close(),
  }
}

// Tests of a file run one after another, as they must: law 11 looks at the sockets and timers of the whole process.
describe('the laws of transports', { timeout: 30_000 }, () => {
  for (const law of transportLaws({ name: 'balancedChannel', listen: GrpcLawServer.listen, open }))
    test(law.name, law.check)
})
