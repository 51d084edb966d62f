import { experimental } from '@grpc/grpc-js'
import { expect, test, vi } from 'vitest'
import { runChild } from '../child.ts'
import { callOnce } from './call.ts'
import type { Round, Task } from './client.ts'
import { locatorsOf, withBackends } from './fleet.ts'
import type { PodsRound, PodsTask } from './pods-client.ts'
import { chosenVariants, labels, policyConfigs, type VariantName, variantNames, variants } from './variants.ts'

// Processes are started, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 30_000 })

const { signal } = new AbortController()
// Far more than an answer takes, and less than a test may.
const deadlineMs = 5_000
const times = { warmUpCalls: 10, longestWarmUpMs: 1_000, windowMs: 200 }
const tasks = ['a', 'b', 'c'].map(
  (message) => ({ hosts: ['127.0.0.1'], delayMs: 0, message, arrivals: 'not kept' }) as const,
)

test.each(variantNames)('%s fails no call', async (variant) => {
  const round = await withBackends({ tasks, signal }, (backends) => {
    const task: Task = { variant, locators: locatorsOf(backends), inFlight: 4, ...times }
    return runChild<Round>({ module: new URL('client.ts', import.meta.url), task, signal })
  })
  expect(round.calls).toBeGreaterThan(0)
  expect(round.failed).toBe(0)
})

test.each(variantNames)('%s is answered by the servers that its name promises', async (variant) => {
  const expected = variant === 'pick-first' ? ['a'] : ['a', 'b', 'c']
  const answers = await withBackends({ tasks, signal }, async (backends) => {
    const client = variants[variant](locatorsOf(backends), 'repeatable')
    const seen = new Set<string>()
    const ask = async (): Promise<void> => {
      for (const one of await Promise.all(Array.from({ length: 6 }, () => callOnce(client, deadlineMs))))
        seen.add(one.kind === 'good' ? one.message : one.code)
    }
    // The first calls of a policy meet only those that are connected by then.
    for (const end = performance.now() + deadlineMs; seen.size < expected.length && performance.now() < end; )
      await ask()
    for (let more = 0; more < 10; more++) await ask()
    client.close()
    return [...seen].sort()
  })
  expect(answers).toEqual(expected)
})

test.each(Object.entries(policyConfigs))(
  'grpc-js takes the config of %s, and does not run another policy',
  (_, config) => {
    const [name] = Object.keys(config)
    expect(experimental.parseLoadBalancingConfig(config).getLoadBalancerName()).toBe(name)
  },
)

test('a variant that gets no answer at all is broken, and says its name', async () => {
  const task: Task = { variant: 'round-robin', locators: ['127.3.3.3:1'], inFlight: 1, ...times }
  const module = new URL('client.ts', import.meta.url)
  await expect(runChild<Round>({ module, task, signal })).rejects.toThrow(
    /round-robin: 0 calls in 1000 ms, [1-9]\d* failed/,
  )
})

test('connections are those that the servers accepted, for the first call, a burst, and all', async () => {
  const round = await withBackends({ tasks, signal }, (backends) => {
    const task: PodsTask = { variant: 'round-robin', backends, concurrent: 8, burstsMs: 50 }
    const module = new URL('pods-client.ts', import.meta.url)
    return runChild<PodsRound>({ module, task, nodeOptions: ['--expose-gc'], signal })
  })
  expect(round).toMatchObject({ connectionsFirst: 3, connectionsBurst: 3, connectionsLater: 3, failed: 0 })
  expect(round.firstCallMs).toBeGreaterThan(0)
})

test('names carry the version of grpc-js, and those always wanted are measured besides those chosen', () => {
  expect(labels['pick-first']).toMatch(/^grpc-js \d+\.\d+\.\d+ pick_first$/)
  const known: readonly VariantName[] = ['round-robin', 'balanced-channel', 'pick-first']
  expect(chosenVariants([], known)).toEqual(known)
  expect(chosenVariants(['pick-first'], known, ['round-robin'])).toEqual(['round-robin', 'pick-first'])
})
