/**
 * A client process of the demo: its own process, so that neither client disturbs the other's event loop.
 * Parameters: the client's name, and the seed of the load.
 */
import { seededRandom } from '@evenkeel/core/testing'
import type { OpenLoop } from '@evenkeel/tooling/open-loop'
import type { AttemptRecord, ClientName, ClientNews, ClientOrder, EndingRecord, RequestRecord } from '../messages.ts'
import { balancedPoolClient } from './balanced-pool.ts'
import { evenkeelClient } from './evenkeel.ts'
import { startLoad } from './load.ts'
import { watchAttempts } from './wire.ts'

// Often enough for a live table, rarely enough to cost nothing.
const reportMs = 250
const name = process.argv[2] as ClientName
const random = seededRandom(Number(process.argv[3]))
let requests: RequestRecord[] = []
let attempts: AttemptRecord[] = []
let endings: EndingRecord[] = []
let load: OpenLoop | undefined

const ended = (ending: EndingRecord): void => {
  endings.push(ending)
}
const client = name === 'evenkeel' ? evenkeelClient(ended) : balancedPoolClient(ended)
watchAttempts((attempt) => attempts.push(attempt))

process.on('message', (order: ClientOrder) => {
  if (order.kind === 'stop') {
    load?.stop()
    return
  }
  client.endpoints(order.endpoints)
  // The load starts with the first list: a request without an endpoint would only measure the start of the demo.
  load ??= startLoad({
    dispatcher: client.dispatcher,
    random,
    name,
    record: (result) => requests.push(result),
  })
})
process.once('disconnect', () => process.exit(1))
setInterval(() => {
  const { repeated } = client
  const news: ClientNews = {
    requests,
    attempts,
    endings,
    underWay: load?.underWay ?? 0,
    repeated,
    inspection: client.inspect(),
  }
  requests = []
  attempts = []
  endings = []
  if (process.connected) process.send?.(news, () => {})
}, reportMs)
