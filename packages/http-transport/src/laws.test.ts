import type { Target, Upstreams } from '@evenkeel/core'
import { type OpenTransport, type TransportLimits, transportLaws } from '@evenkeel/testkit'
import { describe, test } from 'vitest'
import { BalancedDispatcher } from './dispatcher.ts'
import { PoolVoice } from './endpoint-pool/pool-voice.ts'
import { UpstreamList } from './endpoint-pool/upstream-list.ts'
import { handOver } from './handed-over.ts'

const origin = 'http://law-service'

function adapt(dispatcher: BalancedDispatcher): OpenTransport {
  return {
    async call({ method, path, body, signal }) {
      const answer = await dispatcher.request({ origin, method, path, body: body ?? null, signal: signal ?? null })
      return { status: answer.statusCode, body: await answer.body.text() }
    },
    async upgrade(path) {
      const { socket } = await dispatcher.upgrade({ origin, path, protocol: 'law' } as Parameters<
        typeof dispatcher.upgrade
      >[0])
      return socket
    },
    close: () => dispatcher.close(),
  }
}

function openDispatcher(upstreams: Upstreams, target: Target, limits: TransportLimits): OpenTransport {
  return adapt(new BalancedDispatcher(target, { upstreams, ...limits }))
}

/** An EndpointPool but for its own discovery, which the laws must hold in their hands. */
function openPool(upstreams: Upstreams, target: Target, limits: TransportLimits): OpenTransport {
  const voice = new PoolVoice(new UpstreamList('law-service', 'http:'), undefined)
  const dispatcher = new BalancedDispatcher(target, handOver({ upstreams, ...limits }, { hooks: voice }))
  voice.pool = dispatcher
  return adapt(dispatcher)
}

// Tests of a file run one after another, as they must: law 11 looks at the sockets and timers of the whole process.
describe('the laws of transports', { timeout: 30_000 }, () => {
  for (const law of transportLaws({ name: 'BalancedDispatcher', upgrades: true, open: openDispatcher }))
    test(law.name, law.check)
  for (const law of transportLaws({ name: 'EndpointPool', upgrades: true, open: openPool })) test(law.name, law.check)
})
