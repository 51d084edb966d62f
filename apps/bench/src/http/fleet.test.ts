import { afterEach, expect, test, vi } from 'vitest'
import { chooseField, withFleet } from './fleet.ts'
import { nginxVersion, startNginx } from './nginx.ts'
import { variantNames } from './variants.ts'

const signal = new AbortController().signal

afterEach(() => {
  vi.unstubAllEnvs()
})

test('where nginx is not on the path it is left out, and that is said', async () => {
  vi.stubEnv('PATH', '/nowhere')
  expect(await chooseField([], 'pools-in-turn')).toMatchObject({
    variants: variantNames.filter((name) => name !== 'nginx'),
    leftOut: ['nginx: not on PATH'],
  })
})

test('the baseline is always among those measured, and names carry the version of undici', async () => {
  const { variants, labels } = await chooseField(['undici-balanced-pool'], 'pools-in-turn')
  expect(variants).toEqual(['pools-in-turn', 'undici-balanced-pool'])
  expect(labels['undici-balanced-pool']).toMatch(/^undici \d+\.\d+\.\d+ BalancedPool$/)
})

test.skipIf((await nginxVersion()) === undefined)(
  'nginx passes each backend in turn, and is gone afterwards',
  async () => {
    const backends = ['a', 'b'].map((body) => ({ delayMs: 0, body }))
    const ask = (port: number | undefined) =>
      fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then((answer) => answer.text())
    let seen: number | undefined
    await withFleet({ backends, variants: ['nginx'], signal }, async ({ hop }) => {
      seen = hop?.port
      expect(hop?.pids).toHaveLength(1)
      expect([await ask(seen), await ask(seen)].sort()).toEqual(['a', 'b'])
    })
    await expect(ask(seen)).rejects.toThrow()
  },
)

test.skipIf((await nginxVersion()) === undefined)(
  'an nginx that refuses its configuration is told by what it said',
  async () => {
    await expect(startNginx([], signal)).rejects.toThrow(/nginx does not start: .*no servers are inside upstream/s)
  },
)
