import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { checkGenerated, writeGenerated } from '../../generated.ts'

const figures = (lost: number): Readonly<Record<string, unknown>> => {
  const own = { requests: 1_234, lost, losses: lost === 0 ? {} : { 'POST 503': lost }, p99: 24.6 }
  const both = { evenkeel: own, BalancedPool: { ...own, lost: 99, p99: 1_043.6 } }
  return {
    command: 'npm run demo -- --json',
    environment: { node: 'v24.21.0', cpu: 'a processor', cores: 2, commit: 'abc' },
    checks: [],
    figures: {
      ...{ seconds: 90, seed: 1, requestsPerSecond: 320, newsMs: 500 },
      scenes: [
        { name: 'slow-pod', figures: both },
        { name: 'new-scene', figures: both },
      ],
      total: both,
    },
  }
}
let checkout: PlantedCheckout

beforeEach(async () => {
  checkout = plantedCheckout({
    'results/demo.json': figures(3),
    'README.md': '<!-- generated: demo-table -->\n<!-- end generated -->\n',
  })
  await writeGenerated(checkout.root)
})

afterEach(() => checkout[Symbol.dispose]())

test('a run that lost more makes the table stale, and says so of its scene', async () => {
  expect((await checkGenerated(checkout.root)).ok).toBe(true)
  checkout.plant('results/demo.json', figures(4))
  const { ok, output } = await checkGenerated(checkout.root)
  expect(ok).toBe(false)
  expect(output).toContain('is:       | one pod ten times slower | 1,234 | 3 | 25 | 1,234 | 99 | 1,044 |')
  expect(output).toContain('expected: | one pod ten times slower | 1,234 | 4 | 25 | 1,234 | 99 | 1,044 |')
})

test('a run that lost nothing says that', async () => {
  checkout.plant('results/demo.json', figures(0))
  expect((await checkGenerated(checkout.root)).output).toContain('stale')
  expect((await writeGenerated(checkout.root)).ok).toBe(true)
  expect((await checkGenerated(checkout.root)).ok).toBe(true)
})
