import { expect, test } from 'vitest'
import { plantedCheckout } from '../../../testing/planted-checkout.ts'
import { checkGenerated, writeGenerated } from '../../generated.ts'

const client = (post: number) => ({ requests: 1_234, lost: { GET: 0, POST: post }, p50: 12, p99: 43.6 })
const scene = (name: string, lost: number) => ({
  name,
  clients: { ours: client(0), plain: client(lost) },
  news: { arrived: { median: 15.9, longest: 40.2 }, leaving: { median: 0, longest: null } },
})
const result = (lost: number): Readonly<Record<string, unknown>> => ({
  command: 'npm run trial -- --json',
  environment: { node: 'v24.21.0', cpu: 'a processor', cores: 2, commit: 'abc' },
  checks: [],
  figures: {
    ...{ seed: 1, rollouts: 10, outageSeconds: 60, requestsPerSecond: 180 },
    scenes: [scene('rollout', 0), scene('outage', lost)],
  },
})

test('chosen scenes show both clients, and another run makes the table stale', async () => {
  using checkout = plantedCheckout({
    'results/trial.json': result(2),
    'README.md': '<!-- generated: trial-table trial outage -->\n<!-- end generated -->\n',
  })
  await writeGenerated(checkout.root)
  expect((await checkGenerated(checkout.root)).ok).toBe(true)
  checkout.plant('results/trial.json', result(7))
  const { ok, output } = await checkGenerated(checkout.root)
  expect(ok).toBe(false)
  expect(output).toContain('is:       | `outage` | 0 of 1,234 | 44 | 2 POST of 1,234 | 44 | 16 (40) |  |')
  expect(output).toContain('expected: | `outage` | 0 of 1,234 | 44 | 7 POST of 1,234 | 44 | 16 (40) |  |')
})

test('a scene that was not played is complained about by name', async () => {
  using checkout = plantedCheckout({
    'results/trial.json': result(2),
    'README.md': '<!-- generated: trial-table trial flood -->\n<!-- end generated -->\n',
  })
  expect((await checkGenerated(checkout.root)).output).toContain('flood: not in results/trial.json (rollout,outage)')
})
