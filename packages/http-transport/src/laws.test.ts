import { transportLaws } from '@evenkeel/testkit'
import { describe, test } from 'vitest'
import { BalancedDispatcher } from './dispatcher.ts'

const origin = 'http://law-service'

const laws = transportLaws({
  name: 'BalancedDispatcher',
  upgrades: true,
  open(upstreams, target, { headMs, connectMs }) {
    const dispatcher = new BalancedDispatcher(target, { upstreams, headMs, connectMs })
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
  },
})

// Tests of a file run one after another, as they must: law 11 looks at the sockets and timers of the whole process.
describe('the laws of transports', { timeout: 30_000 }, () => {
  for (const law of laws) test(law.name, law.check)
})
