import { EvenkeelError } from '@evenkeel/core'
import { expect, test } from 'vitest'
import { pod, pods, set, slice, slicesInTest } from '../testing/slices.ts'

const http = { name: 'http', port: 8080 }
const grpc = { name: 'grpc', port: 50051 }
const both = slice({ ports: [http, grpc], endpoints: [pod(1)] })

test('a name that no slice has is an error that says which there are, and heals', () => {
  const { slices, last, told } = slicesInTest('web')
  slices.replace([both])
  expect(last().status).toBe('failed')
  expect(EvenkeelError.is(last().error)).toBe(true)
  expect(String(last().error)).toContain('no TCP port named "web"; it has "grpc", "http"')
  slices.change([set({ version: 2, ports: [{ name: 'web', port: 80 }], endpoints: [pod(1)] })])
  expect(last()).toMatchObject({ status: 'ok', error: undefined })
  expect(told()).toEqual(['10.0.0.1:80'])
})

test('a port that a Service loses takes its endpoints with it after the hold, in a set of its own before the error', () => {
  const { slices, clock, sets } = slicesInTest('http')
  slices.replace([slice({ ports: [http], endpoints: [pod(1)] })])
  slices.change([set({ version: 2, ports: [grpc], endpoints: [pod(1)] })])
  expect(sets).toHaveLength(1)
  clock.advance(500)
  expect(sets.slice(1)).toMatchObject([
    { status: 'ok', endpoints: [], removed: [{ locator: '10.0.0.1:8080' }] },
    { status: 'failed', endpoints: [] },
  ])
})

test('a name is not asked of slices that have no ports', () => {
  const { slices, last } = slicesInTest('web')
  slices.replace([slice({ ports: null, endpoints: null })])
  expect(last()).toMatchObject({ status: 'ok', endpoints: [] })
})

test('without a port the only TCP port is meant', () => {
  const { slices, told } = slicesInTest()
  slices.replace([slice({ ports: [{ name: 'dns', port: 53, protocol: 'UDP' }, http], endpoints: [pod(1)] })])
  expect(told()).toEqual(['10.0.0.1:8080'])
})

test('without a port, and with several to choose from, the error names them', () => {
  const { slices, last } = slicesInTest()
  slices.replace([slice({ ports: [{ port: 80 }, grpc], endpoints: [pod(1)] })])
  expect(last()).toMatchObject({ status: 'failed', endpoints: [] })
  expect(String(last().error)).toContain('names no port and the Service has several: one without a name, "grpc"')
})

test('a second port takes nothing from those who needed no name before it', () => {
  const { slices, clock, sets, told } = slicesInTest()
  slices.replace([slice({ ports: [http], endpoints: [pod(1)] })])
  slices.change([set({ version: 2, ports: [grpc, http], endpoints: [pod(1)] })])
  clock.advance(1_000)
  expect(sets).toHaveLength(1)
  slices.change([set({ version: 3, ports: [grpc], endpoints: [pod(1)] })])
  expect(told()).toEqual(['10.0.0.1:50051'])
})

test('a port that is renamed with the same number keeps its endpoints', () => {
  const { slices, clock, sets } = slicesInTest()
  slices.replace([slice({ ports: [http], endpoints: pods(1, 2) })])
  slices.change([set({ version: 2, ports: [{ ...http, name: 'web' }], endpoints: pods(1, 2) })])
  clock.advance(1_000)
  expect(sets).toHaveLength(1)
})

test('a number means the only port there is, though it stands in no slice', () => {
  const { slices, view, told } = slicesInTest(80)
  slices.replace([slice({ ports: [http], endpoints: [pod(1)] })])
  expect(told()).toEqual(['10.0.0.1:8080'])
  expect(view.needsService).toBe(false)
})

test('a number waits for the Service where there are several ports, also where a pod has that number', () => {
  let asked = 0
  const { slices } = slicesInTest('http')
  const heard: string[] = []
  const view = slices.view(
    8080,
    (one) => heard.push(...one.endpoints.map(({ locator }) => locator)),
    () => asked++,
  )
  expect(view.needsService).toBe(false)
  slices.replace([both])
  slices.replace([both])
  expect([view.needsService, asked, heard]).toEqual([true, 1, []])
  view.ports([
    { name: 'grpc', port: 8080, protocol: 'TCP' },
    { name: 'http', port: 80 },
  ])
  expect([view.needsService, asked, heard]).toEqual([false, 1, ['10.0.0.1:50051']])
})

test('a number that the Service does not have is an error that says which it has', () => {
  const { slices, view, last } = slicesInTest(81)
  slices.replace([both])
  view.ports([
    { name: 'http', port: 80 },
    { name: 'dns', port: 81, protocol: 'UDP' },
  ])
  expect(last().status).toBe('failed')
  expect(String(last().error)).toContain('the Service has no TCP port 81; it has 80 ("http")')
})

test('a Service that may not be read fails what only it can decide, until it is read', () => {
  const { slices, view, last, told } = slicesInTest(80)
  const error = new EvenkeelError('EVENKEEL_DISCOVERY_FORBIDDEN', 'services')
  slices.replace([both])
  view.refuse(error)
  expect(last()).toMatchObject({ status: 'failed', error })
  view.ports([{ name: 'http', port: 80 }])
  expect(told()).toEqual(['10.0.0.1:8080'])
})

test('a view that begins late hears at once what is known, and one of another port has its own numbers', () => {
  const { slices, told } = slicesInTest('http')
  slices.replace([both])
  const heard: string[] = []
  slices.view('grpc', (one) => heard.push(...one.endpoints.map(({ locator }) => locator)))
  expect([told(), heard]).toEqual([['10.0.0.1:8080'], ['10.0.0.1:50051']])
})
