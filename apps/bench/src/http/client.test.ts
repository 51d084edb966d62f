import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { runChild } from '../child.ts'
import type { Round, Task } from './client.ts'
import { withFleet } from './fleet.ts'
import { judge } from './http.ts'
import { nginxVersion } from './nginx.ts'
import { openLoop } from './open-loop.ts'
import { labelOf, type VariantName, variantNames, variants } from './variants.ts'

const signal = new AbortController().signal
const nginx = await nginxVersion()
const here = variantNames.filter((name) => name !== 'nginx' || nginx !== undefined)

test.each(here)('%s fails no request', async (variant) => {
  const backends = ['a', 'b', 'c'].map((body) => ({ delayMs: 0, body }))
  const round = await withFleet({ backends, variants: [variant], signal }, (places) => run(variant, places))
  expect(round.requests).toBeGreaterThan(0)
  expect(round.failed).toBe(0)
})

test.each(here)('%s is answered by every backend', async (variant) => {
  const backends = ['a', 'b', 'c'].map((body) => ({ delayMs: 0, body }))
  const samples = await withFleet({ backends, variants: [variant], signal }, (places) =>
    openLoop(variants[variant](places), new Array(36).fill(0), 10_000),
  )
  expect([...new Set(samples.map(({ body }) => body))].sort()).toEqual(['a', 'b', 'c'])
})

test('answers other than 200 are failures, and a check is red for them', async () => {
  const server = createServer((_request, response) => response.writeHead(503).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const figure = await run('pools-in-turn', { ports: [port] }).finally(() => server.close())
  expect(figure.failed).toBeGreaterThan(0)
  const trials = Array.from({ length: 9 }, () => ({ kind: 'measured' as const, figure }))
  const { checks } = judge(new Map([['pools-in-turn', trials]]), {
    variants: ['pools-in-turn'],
    labels: { 'pools-in-turn': labelOf('pools-in-turn', undefined) },
    leftOut: [],
  })
  expect(checks.find(({ id }) => id === 'http.failed')).toMatchObject({ ok: false })
})

test('a variant that gets no answer at all is broken, and says its name', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  await expect(run('undici-agent-dns', { ports: [port] })).rejects.toThrow(/undici-agent-dns: no request was answered/)
})

function run(variant: VariantName, places: Task['places']): Promise<Round> {
  const task: Task = { variant, places, inFlight: 4, warmUpMs: 50, windowMs: 200 }
  return runChild<Round>({ module: new URL('client.ts', import.meta.url), task, signal })
}
