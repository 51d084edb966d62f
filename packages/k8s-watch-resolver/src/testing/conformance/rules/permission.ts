/**
 * Who asks, and what is not permitted.
 */
import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { EvenkeelError, isForbidden } from '@evenkeel/core'
import { pods, slice } from '../../slices.ts'
import type { Rule } from '../rule.ts'
import { warningsDuring } from '../watched.ts'

/** W-12, W-21. */
export const permission: readonly Rule[] = [
  {
    id: 'W-12',
    title: 'a token that was replaced is read again after a 401, and the watch goes on at once',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      const client = world.watch()
      await client.live()
      const { token } = world
      // As a file that is renewed: the old one is shown until it is read again.
      const next = await world.replaceToken()
      world.renewed = next
      await world.cut()
      await client.until(() => (client.stream?.resumes ?? 0) > 0)
      const start = world.clock.now()
      await client.until(() => (client.stream?.resumes ?? 0) > 1, 1)
      ok(world.clock.now() - start <= 2, 'at once')
      await world.apply(slice({ name: 'a', endpoints: pods(1, 3) }))
      await client.until(() => client.pods === '1 2 3')
      deepEqual([client.stream?.resumes, client.stream?.observations], [2, 1])
      // Nobody had to hear of it.
      deepEqual(
        client.sets.map(({ status }) => status),
        ['ok', 'ok'],
      )
      const told = client.story()
      for (const secret of [token, next]) doesNotMatch(told, new RegExp(escaped(secret)))
    },
  },
  {
    id: 'W-12',
    title:
      'a token that is not good and stays so is shown less and less often, what was known stays, and it is in no text',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      const { token } = world
      let told = ''
      const warnings = await warningsDuring(async () => {
        const client = world.watch()
        await client.live()
        await world.replaceToken()
        await world.cut()
        const start = world.clock.now()
        await client.until(() => world.clock.now() - start > 120_000, 100)
        const resumes = client.stream?.resumes ?? 0
        ok(resumes >= 4 && resumes <= 12, `${resumes} in two minutes`)
        deepEqual([client.pods, client.last?.status], ['1 2', 'stale'])
        const error = client.last?.error
        ok(error instanceof EvenkeelError && error.code === 'EVENKEEL_DISCOVERY_UNAUTHORIZED')
        told = client.story()
      })
      doesNotMatch(`${told}${warnings}`, new RegExp(escaped(token)))
      match(told, /401/)
    },
  },
  {
    id: 'W-21',
    title:
      'what is not permitted is told with the Role that permits it, asked for slowly, and found when it is permitted',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      await world.forbid()
      const client = world.watch()
      await client.until(() => client.sets.length > 0)
      const error = client.last?.error
      ok(error instanceof EvenkeelError && isForbidden(error))
      deepEqual([client.last?.status, error.code], ['failed', 'EVENKEEL_DISCOVERY_FORBIDDEN'])
      match(error.message, /endpointslices/)
      const manifest = error.message.slice(error.message.indexOf('apiVersion:'))
      match(manifest, /kind: Role\n[\s\S]*list, watch[\s\S]*kind: RoleBinding/)
      const from = world.clock.now()
      const { failures = 0 } = client.stream ?? {}
      await client.until(() => (client.stream?.failures ?? 0) > failures, 250)
      const quietMs = world.clock.now() - from
      ok(quietMs >= 30_000 && quietMs <= 61_000, `${quietMs} ms`)
      await world.permit(manifest)
      await client.until(() => client.pods === '1 2', 250)
      equal(client.last?.status, 'ok')
    },
  },
  {
    id: 'W-21',
    title: 'a permission that is taken away keeps what is known, and the watch goes on when it is given back',
    worlds: 'both',
    async play(world) {
      await world.apply(slice({ name: 'a', endpoints: pods(1, 2) }))
      const client = world.watch()
      await client.live()
      await world.forbid()
      await world.cut()
      await client.until(() => client.last?.status === 'stale')
      const { error } = client.last ?? {}
      ok(error instanceof EvenkeelError && isForbidden(error))
      equal(client.pods, '1 2')
      await world.permit(error.message.slice(error.message.indexOf('apiVersion:')))
      await world.apply(slice({ name: 'a', endpoints: pods(1, 3) }))
      await client.until(() => client.pods === '1 2 3', 250)
      deepEqual([client.last?.status, client.stream?.observations], ['ok', 1])
    },
  },
]

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
