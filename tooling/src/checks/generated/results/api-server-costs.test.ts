import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedCheckout } from '../../../testing/planted-checkout.ts'
import { checkGenerated, writeGenerated } from '../../generated.ts'

const result = (value: number): Readonly<Record<string, unknown>> => ({
  command: 'npm run test:cluster -- --json cost.cluster',
  environment: { node: 'v24.21.0', cpu: 'a processor', cores: 2, commit: 'abc' },
  checks: [],
  figures: { costs: [{ what: 'received for a change', value, unit: 'bytes' }] },
})

test('each figure is a line, and another run makes the table stale', async () => {
  using checkout = plantedCheckout({
    'results/api-server-costs.json': result(2_191),
    'README.md': '<!-- generated: api-server-costs -->\n<!-- end generated -->\n',
  })
  await writeGenerated(checkout.root)
  expect((await checkGenerated(checkout.root)).ok).toBe(true)
  checkout.plant('results/api-server-costs.json', result(2_192))
  const { output } = await checkGenerated(checkout.root)
  expect(output).toContain('is:       | received for a change | 2,191 bytes |')
})

test('the short form is one line of figures', async () => {
  using checkout = plantedCheckout({
    'results/api-server-costs.json': result(2_191),
    'README.md': '<!-- generated: api-server-costs line -->\n<!-- end generated -->\n',
  })
  await writeGenerated(checkout.root)
  expect(readFileSync(join(checkout.root, 'README.md'), 'utf8')).toContain('received for a change: 2,191 bytes.\n')
})
