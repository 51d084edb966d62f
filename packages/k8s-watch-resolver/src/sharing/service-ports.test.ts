import type { EvenkeelError } from '@evenkeel/core'
import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import type { ServicePort } from '../slices/endpoint-slice.ts'
import { type Scripted, ScriptedServer, settled } from '../testing/scripted-server.ts'
import { findServicePorts } from './service-ports.ts'

function finding(answers: readonly Scripted[]) {
  const clock = fakeClock()
  const left = [...answers]
  const server = new ScriptedServer(() => left.shift() ?? { body: { spec: { ports: [{ name: 'http', port: 80 }] } } })
  const found: (readonly ServicePort[])[] = []
  const refused: EvenkeelError[] = []
  const control = new AbortController()
  const done = findServicePorts(
    { server, clock, random: seededRandom(1), manners: { watchList: true } },
    {
      ...{ namespace: 'shop', service: 'users', port: 80 },
      found: (ports) => void found.push(ports),
      refused: (error) => void refused.push(error),
    },
    control.signal,
  )
  return { clock, server, found, refused, control, done }
}

test('the ports of a Service are asked for once', async () => {
  const { done, found, refused, server, clock } = finding([])
  await done
  expect([found, refused]).toEqual([[[{ name: 'http', port: 80 }]], []])
  expect(server.paths).toEqual(['/api/v1/namespaces/shop/services/users'])
  expect(clock.pending).toBe(0)
})

test('a Service without ports has none', async () => {
  const { done, found } = finding([{ body: { spec: null } }])
  await done
  expect(found).toEqual([[]])
})

test('what is not permitted is told with what would permit it, and asked for again in half a minute or more', async () => {
  const { done, found, refused, clock, server } = finding([{ status: 403, body: { message: 'no' } }])
  await settled()
  expect(refused.map(({ code }) => code)).toEqual(['EVENKEEL_DISCOVERY_FORBIDDEN'])
  expect(refused[0]?.message).toContain('which port 80 of users is, since it has several')
  expect(refused[0]?.message).toContain('resources: [services], verbs: [get]')
  clock.advance(29_999)
  await settled()
  expect(server.paths).toHaveLength(1)
  clock.advance(31_000)
  await done
  expect(found).toHaveLength(1)
})

test('a token that is refused is read again, and the next attempt comes at once', async () => {
  const { done, found, server, clock } = finding([{ status: 401 }])
  await settled()
  clock.advance(0)
  await done
  expect([found.length, server.renewed]).toEqual([1, 1])
})

test('the signal ends it while it waits, and nothing is left', async () => {
  const { done, clock, control, found } = finding([{ status: 503 }])
  await settled()
  expect(clock.pending).toBe(1)
  control.abort(new Error('closed'))
  await done
  expect([found, clock.pending]).toEqual([[], 0])
})
