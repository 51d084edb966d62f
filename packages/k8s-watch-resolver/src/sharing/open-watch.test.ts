import type { EndpointSet } from '@evenkeel/core'
import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import { addressRule } from '../slices/address-rule.ts'
import { ServiceSlices } from '../slices/service-slices.ts'
import { ScriptedBody, ScriptedServer, settled } from '../testing/scripted-server.ts'
import { pods, slice } from '../testing/slices.ts'
import { type Opened, OpenWatch } from './open-watch.ts'

function watchOf(port: number | undefined, open?: (opened: Opened) => Promise<Opened>) {
  const clock = fakeClock()
  const server = new ScriptedServer(() => ({ body: new ScriptedBody() }))
  const slices = new ServiceSlices({ clock, holdMs: 0, family: 'ipv4', isAllowed: addressRule(), warn: () => {} })
  const told: string[] = []
  const sets: EndpointSet[] = []
  const opened: Opened = {
    followed: {
      ...{ slices, aliveAt: 7, observations: 2 },
      hurry: () => void told.push('hurried'),
      release: () => void told.push('released'),
    },
    kit: { server, clock, random: seededRandom(1), manners: { watchList: true } },
    ...{ namespace: 'shop', service: 'users', port },
  }
  const watch = new OpenWatch({
    clock,
    open: () => (open === undefined ? Promise.resolve(opened) : open(opened)),
    observer: (set) => sets.push(set),
    failed: (error) => void told.push(`failed: ${(error as Error).message}`),
    ended: () => void told.push('ended'),
  })
  return { watch, slices, sets, told, server, clock }
}

const two = [
  { name: 'http', port: 8080, protocol: 'TCP' },
  { name: 'admin', port: 9090, protocol: 'TCP' },
]

test('it hears what its port has, and says how fresh that is', async () => {
  const { watch, slices, sets } = watchOf(undefined)
  expect([watch.seenAt, watch.completeAnswers]).toEqual([Number.NEGATIVE_INFINITY, 0])
  await settled()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  expect(sets.map(({ endpoints }) => endpoints.length)).toEqual([2])
  expect([watch.seenAt, watch.completeAnswers]).toEqual([7, 2])
})

test('asked for news it hurries the stream, once there is one', async () => {
  const { watch, told } = watchOf(undefined)
  watch.refresh()
  await settled()
  expect(told).toEqual([])
  watch.refresh()
  expect(told).toEqual(['hurried'])
})

test('a Service without slices is absent with an error that names what it may be', async () => {
  const { slices, sets } = watchOf(undefined)
  await settled()
  slices.replace([])
  expect(sets).toMatchObject([{ status: 'absent', endpoints: [], error: { code: 'EVENKEEL_SERVICE_ABSENT' } }])
  slices.change([])
  expect(sets).toHaveLength(1)
})

test('after its end it hears nothing, and is released once', async () => {
  const { watch, slices, sets, told } = watchOf(undefined)
  await settled()
  await watch[Symbol.asyncDispose]()
  await watch[Symbol.asyncDispose]()
  slices.replace([slice({ endpoints: pods(1, 2) })])
  expect([sets, told]).toEqual([[], ['released', 'ended']])
})

test('one that ends before there is a server releases what it gets then', async () => {
  let found = (): void => {}
  const { watch, told } = watchOf(undefined, async (opened) => {
    await new Promise<void>((resolve) => {
      found = resolve
    })
    return opened
  })
  const ended = watch[Symbol.asyncDispose]()
  found()
  await ended
  expect(told).toEqual(['ended', 'released'])
})

test('a server that is not found is a failure', async () => {
  const { told } = watchOf(undefined, () => Promise.reject(new Error('no server')))
  await settled()
  expect(told).toEqual(['failed: no server'])
})

test('a number that could mean several ports is asked for, once, and its end ends the question', async () => {
  const { watch, slices, server, clock } = watchOf(80)
  await settled()
  slices.replace([slice({ ports: two, endpoints: pods(1, 1) })])
  slices.change([])
  await settled()
  expect(server.paths).toEqual(['/api/v1/namespaces/shop/services/users'])
  await watch[Symbol.asyncDispose]()
  expect(clock.pending).toBe(0)
})

test('an answer says which port a number is', async () => {
  const { slices, sets, server } = watchOf(80)
  const ports = [
    { name: 'admin', port: 81, protocol: 'TCP' },
    { name: 'http', port: 80, protocol: 'TCP' },
  ]
  server.answer = () => ({ body: { spec: { ports } } })
  await settled()
  slices.replace([slice({ ports: two, endpoints: pods(1, 1) })])
  await settled()
  expect(sets.at(-1)?.endpoints.map(({ port }) => port)).toEqual([8080])
})
