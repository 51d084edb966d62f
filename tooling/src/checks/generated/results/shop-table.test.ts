import { expect, test } from 'vitest'
import { plantedCheckout } from '../../../testing/planted-checkout.ts'
import { checkGenerated, writeGenerated } from '../../generated.ts'

const result = (lost: number): Readonly<Record<string, unknown>> => {
  const users = [
    { share: 0.75, connections: 3 },
    { share: 0.25, connections: null },
  ]
  const scene = (name: string, took: object | null, gets: number): object => ({
    name,
    took,
    figures: { requests: 1_234, lost: { GET: gets, POST: 1 }, p50: 21.4, p99: 1_043.6 },
    after: { pods: { users } },
  })
  return {
    command: 'npm run shop -- --json',
    environment: { node: 'v24.21.0', cpu: 'a processor', cores: 2, commit: 'abc' },
    checks: [],
    figures: {
      ...{ seed: 1, requestsPerSecond: 300, versions: { kubernetes: 'v1.37.2', undici: '8.12.4' } },
      scenes: [scene('steady', null, 0), scene('users-rollout', { rolledOut: 7.5, gone: 13.1 }, lost)],
    },
  }
}

test('each scene says what was lost and where requests went, and another run makes the table stale', async () => {
  using checkout = plantedCheckout({
    'results/shop-baseline.json': result(0),
    'README.md': '<!-- generated: shop-table -->\n<!-- end generated -->\n',
  })
  await writeGenerated(checkout.root)
  expect((await checkGenerated(checkout.root)).ok).toBe(true)
  checkout.plant('results/shop-baseline.json', result(7))
  const { ok, output } = await checkGenerated(checkout.root)
  expect(ok).toBe(false)
  expect(output).toContain('is:       | `users-rollout` | 1,234 | 0 | 1 | 21 | 1,044 | 7.5 | 75 % (3), 25 % (gone) |')
  expect(output).toContain('expected: | `users-rollout` | 1,234 | 7 | 1 | 21 | 1,044 | 7.5 | 75 % (3), 25 % (gone) |')
})
