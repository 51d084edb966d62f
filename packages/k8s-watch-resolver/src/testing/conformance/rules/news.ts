/**
 * When something is told, and what a change means to those who measure.
 */
import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { answeredBad } from '@evenkeel/core'
import { plainCall } from '@evenkeel/core/testing'
import { watchLine } from '@evenkeel/testkit'
import { pod, pods, slice } from '../../slices.ts'
import { followPeers } from '../peers.ts'
import { fakeRule, type Rule, rule } from '../rule.ts'

const triggered = (time: string) => ({ 'endpoints.kubernetes.io/last-change-trigger-time': time })
// Of Envoy, and the default of `consecutiveFailures`.
const failuresThatShut = 5

/** M-23, M-24, M-26, M-28. */
export const news: readonly Rule[] = [
  rule('M-23', 'new labels, annotations and versions are no news', async (world) => {
    await world.apply(slice({ endpoints: pods(1, 3) }))
    const client = world.watch()
    await client.live()
    await world.apply(slice({ labels: { team: 'x' }, endpoints: pods(1, 3) }))
    await client.heard(1)
    await world.apply(slice({ annotations: { note: 'y' }, endpoints: pods(1, 3) }))
    await client.heard(2)
    equal(client.sets.length, 1)
  }),
  // What a network makes of forty events is up to it.
  fakeRule('M-24', 'forty events of one piece of the stream are one set', async (world) => {
    await world.apply(slice({ name: 'a', endpoints: [pod(1)] }))
    const client = world.watch()
    await client.live()
    // Short, so that they fit into the least that a connection carries at once.
    const events = Array.from({ length: 40 }, (_, at) => {
      const { metadata, ...rest } = slice({ name: `s${at}`, endpoints: [{ addresses: [`10.0.1.${at}`] }] })
      const named = { ...metadata, namespace: world.namespace, resourceVersion: String(100 + at) }
      return watchLine('ADDED', { ...rest, metadata: named })
    })
    await (await world.server.watch()).write(events.join(''))
    await client.heard(40)
    deepEqual([client.sets.length, client.last?.endpoints.length], [2, 41])
  }),
  rule(
    'M-26',
    'another pod at an address begins without failures and latencies of the one before it',
    async (world) => {
      await world.apply(slice({ endpoints: [pod(1)] }))
      const client = world.watch()
      await client.live()
      await using peers = await followPeers(world, client)
      const [before] = peers.standings()
      for (let failed = 0; failed < failuresThatShut; failed++) {
        const answer = peers.balancer.pick(plainCall)
        ok(answer.kind === 'pick')
        answer.started()
        world.clock.advance(700)
        answer.answered('bad')
        answer.settle(answeredBad)
      }
      const [worn] = peers.standings()
      deepEqual([worn?.uid, worn?.why], ['u1', ['consecutive-failures']])
      notDeepEqual(worn?.loads, before?.loads)
      const heir = pod(1, { targetRef: { kind: 'Pod', name: 'heir', uid: 'heir' } })
      await world.apply(slice({ endpoints: [heir, pod(2)] }))
      await client.heard(1)
      // As somebody who was never there.
      const [one, other] = peers.standings()
      deepEqual([one?.uid, one?.why], ['heir', []])
      deepEqual(one, { ...other, locator: '10.0.0.1:8080', uid: 'heir' })
    },
  ),
  rule(
    'M-28',
    'the lag is that from the trigger to the set; not of deletions, and not of what was before',
    async (world) => {
      const lags: number[] = []
      const hear = (message: unknown): void => {
        const { namespace, lagMs } = message as { readonly namespace: string; readonly lagMs: number }
        if (namespace === world.namespace) lags.push(lagMs)
      }
      let now = Date.parse('2026-11-24T10:00:00Z')
      subscribe('evenkeel:kubernetes-lag', hear)
      try {
        await world.apply(slice({ annotations: triggered('2026-11-24T09:59:59Z'), endpoints: [pod(1)] }))
        const client = world.watch('users', { wallTime: () => now })
        await client.live()
        now += 10_250
        await world.apply(slice({ annotations: triggered('2026-11-24T10:00:10Z'), endpoints: pods(1, 2) }))
        await client.heard(1)
        deepEqual(lags, [250])
        await world.apply(slice({ annotations: triggered('2026-11-24T09:59:59.5Z'), endpoints: pods(1, 3) }))
        await client.heard(2)
        await world.remove('a')
        await client.heard(3)
        deepEqual(lags, [250])
      } finally {
        unsubscribe('evenkeel:kubernetes-lag', hear)
      }
    },
  ),
]
