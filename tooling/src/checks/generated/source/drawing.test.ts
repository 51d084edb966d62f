import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { generate } from './drawing.ts'

let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({
    'packages/core/package.json': { name: '@evenkeel/core' },
    'packages/core/src/clock.ts': 'export const now = 1\n',
    'packages/core/src/calling/call.ts':
      "import { now } from '../clock.ts'\nimport '../peers/peer.ts'\nexport * from '../peers/other.ts'\n",
    'packages/core/src/calling/call.test.ts': "import '../peers/peer.ts'\n",
    'packages/core/src/calling/pick.ts': "import '../peers/peer.ts'\n",
    'packages/core/src/peers/peer.ts': "import '../internal/row.ts'\n",
    'packages/core/src/peers/other.ts': 'export const other = 1\n',
    'packages/core/src/internal/row.ts': 'export const row = 1\n',
    'packages/end-point/package.json': { name: '@evenkeel/end-point' },
    'packages/end-point/src/point.ts': "import '@evenkeel/core'\nimport '@evenkeel/core/testing'\nimport 'node:fs'\n",
  })
})

afterEach(() => checkout[Symbol.dispose]())

test('rooms, and arrows with the number of files that import, are drawn; tests and what everybody stands on are not', () => {
  expect(drawing()).toBe(
    [
      '```mermaid',
      'flowchart TB',
      '  subgraph core["core"]',
      '    core_calling["calling (2)"]',
      '    core_peers["peers (2)"]',
      '  end',
      '  subgraph end_point["end-point"]',
      '  end',
      '  core_calling -->|2| core_peers',
      '  end_point -->|1| core',
      '```',
    ].join('\n'),
  )
})

test('a new import is a new arrow', () => {
  checkout.plant('packages/core/src/peers/other.ts', "import '../calling/call.ts'\n")
  expect(drawing()).toContain('  core_peers -->|1| core_calling')
})

test('an import of a file that is not there is named', () => {
  checkout.plant('packages/core/src/peers/other.ts', "import './gone.ts'\n")
  expect(drawing).toThrow('packages/core/src/peers/other.ts: imports ./gone.ts (expected: a file that exists)')
})

function drawing(): string | Promise<string> {
  return generate({ root: checkout.root, parameters: [] })
}
