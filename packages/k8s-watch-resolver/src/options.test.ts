import { systemClock, systemRandom, systemWallTime } from '@evenkeel/core'
import { expect, test } from 'vitest'
import { type KubernetesOptions, kubernetes } from './index.ts'
import { settingsOf } from './options.ts'

test('without options everything has its default', () => {
  expect(settingsOf({})).toEqual({
    access: 'auto',
    namespaces: undefined,
    family: 'ipv4',
    allowAddresses: [],
    holdMs: 500,
    mostStreams: 4,
    lingerMs: 30_000,
    self: {},
    clock: systemClock,
    wallTime: systemWallTime,
    random: systemRandom,
  })
})

test('an option that is undefined has its default', () => {
  expect(settingsOf({ holdMs: undefined, family: undefined, self: undefined })).toEqual(settingsOf({}))
})

test('no hold, no linger and one stream are choices', () => {
  expect(settingsOf({ holdMs: 0, lingerMs: 0, mostStreams: 1 })).toMatchObject({
    holdMs: 0,
    lingerMs: 0,
    mostStreams: 1,
  })
})

test.each<[object, string]>([
  [{ access: 'secret' }, `access: "string" (expected: 'auto', 'in-cluster', a kubeconfig or { url })`],
  [{ access: { url: 'secret' } }, 'access.url: "no URL" (expected: '],
  [{ family: 'ipv5' }, `family: "ipv5" (expected: 'ipv4' or 'ipv6')`],
  [{ holdMs: -1 }, 'holdMs: -1 (expected: >= 0)'],
  [{ holdMs: Number.NaN }, 'holdMs: NaN (expected: >= 0)'],
  [{ lingerMs: -1 }, 'lingerMs: -1 (expected: >= 0)'],
  [{ mostStreams: 0 }, 'mostStreams: 0 (expected: a whole number of at least 1)'],
  [{ mostStreams: 1.5 }, 'mostStreams: 1.5 (expected'],
  [{ namespaces: [] }, 'namespaces: an array of 0 (expected: names of namespaces, at least one)'],
  [{ namespaces: 'shop' }, 'namespaces: "shop" (expected: names of namespaces'],
  [{ namespaces: ['shop', '../default'] }, 'namespaces[1]: "../default" (expected: a label'],
  [{ namespaces: ['Shop'] }, 'namespaces[0]: "Shop" (expected: a label'],
  [{ allowAddresses: ['nobody'] }, 'allowAddresses[0]: "nobody" (expected: '],
])('%j is refused at once, by name, value and what was expected', (options, message) => {
  expect(() => kubernetes({ access: { url: 'http://127.0.0.1:1' }, ...options } as KubernetesOptions)).toThrow(message)
})
