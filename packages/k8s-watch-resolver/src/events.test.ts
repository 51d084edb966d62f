import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { recordSets } from '@evenkeel/core/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LagEvent, StreamEvent } from './index.ts'
import { served } from './testing/served.ts'
import { pods } from './testing/slices.ts'

const names = ['evenkeel:kubernetes-stream', 'evenkeel:kubernetes-lag'] as const
let heard: unknown[] = []
const note = (message: unknown): void => void heard.push(message)

beforeEach(() => {
  heard = []
  for (const name of names) subscribe(name, note)
})

afterEach(() => {
  for (const name of names) unsubscribe(name, note)
})

test('each phase of a stream is told once, with whose it is and how often it began', async () => {
  const { server, resolver, apply } = await served()
  apply({ endpoints: pods(1, 1) })
  const { sets } = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(sets).toHaveLength(1))
  await resolver.close()
  const common = { url: server.url, namespace: 'shop', service: 'users', resumes: 0, error: undefined }
  expect(heard).toEqual([
    { ...common, phase: 'observing', observations: 0 },
    { ...common, phase: 'live', observations: 1 },
    { ...common, phase: 'closed', observations: 1 },
  ])
})

test('a stream that waits says why', async () => {
  const { server, resolver } = await served()
  server.allow([])
  recordSets(resolver, 'users')
  await vi.waitFor(() => expect(heard).toHaveLength(2))
  const [, waiting] = heard as readonly StreamEvent[]
  expect(waiting).toMatchObject({ phase: 'waiting', error: { code: 'EVENKEEL_DISCOVERY_FORBIDDEN' } })
})

test('the stream of a namespace is of no single Service', async () => {
  const { resolver } = await served({ mostStreams: 1 })
  for (const service of ['users', 'orders']) recordSets(resolver, service)
  await vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining({ service: undefined, phase: 'live' })))
})

test('a change tells how late it was heard by the wall clock', async () => {
  let second = 0
  const { resolver, apply } = await served({ wallTime: () => Date.UTC(2026, 0, 1, 0, 0, second) })
  apply({ endpoints: pods(1, 1) })
  const { sets } = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(sets).toHaveLength(1))
  const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:00Z' }
  second = 2
  apply({ endpoints: pods(1, 2), annotations })
  await vi.waitFor(() => expect(sets).toHaveLength(2))
  const lags = heard.filter((message) => 'lagMs' in Object(message)) as readonly LagEvent[]
  expect(lags).toEqual([{ namespace: 'shop', service: 'users', lagMs: 2_000 }])
})
