import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../../../testing/planted-checkout.ts'
import { generate } from './events.ts'

const events = `
/** Something came. */
export interface CameEvent {
  /** What it is. */
  readonly what: 'a' | 'b'
}
export const events: { readonly came: EventChannel<CameEvent> } = {
  came: channel('evenkeel:came') as EventChannel<CameEvent>,
}
`
let checkout: PlantedCheckout

beforeEach(() => {
  checkout = plantedCheckout({
    'packages/core/package.json': { name: '@evenkeel/core' },
    'packages/core/src/errors.ts':
      "export const errorCodes = { EVENKEEL_A: { means: 'a', faults: [], fates: [], next: 'a' } }\nexport const a = 'EVENKEEL_A'\n",
    'packages/core/src/events.ts': events,
    'packages/core/src/warn.ts': "export const warn = (): void => publish({ code: 'EVENKEEL_ODD' })\n",
  })
})

afterEach(() => checkout[Symbol.dispose]())

test('a channel has its name, what its messages tell, and their fields', () => {
  expect(page()).toContain(
    [
      '### evenkeel:came',
      '',
      'Something came. In TypeScript `events.came`, with messages of the type `CameEvent`.',
      '',
      '| field | type | meaning |',
      '|---|---|---|',
      "| `what` | `'a' \\| 'b'` | What it is. |",
    ].join('\n'),
  )
})

test('channels of another package come alone, under the name of their object', () => {
  checkout.plant('packages/near/package.json', { name: '@evenkeel/near' })
  checkout.plant('packages/near/src/events.ts', events.replace('events:', 'nearEvents:').replaceAll('came', 'gone'))
  const shown = generate({ root: checkout.root, parameters: ['packages/near', 'nearEvents'] })
  expect(shown).toContain('### evenkeel:gone\n\nSomething gone. In TypeScript `nearEvents.gone`, with messages')
  expect(shown).not.toContain('Codes of warnings')
  expect(() => generate({ root: checkout.root, parameters: ['packages/near'] })).toThrow(
    'packages/near: no object events',
  )
})

test('codes that are no errors are those of warnings, with who says them', () => {
  expect(page()).toContain('### Codes of warnings\n\n| code | said by |\n|---|---|\n| `EVENKEEL_ODD` | core |')
  expect(page()).not.toContain('EVENKEEL_A`')
})

test.each([
  ['a field without a description', '  /** What it is. */\n', '', 'CameEvent.what has no description'],
  ['a channel without a type', ' as EventChannel<CameEvent>', '', 'events.came (expected: channel('],
  [
    'a message that is declared nowhere',
    'interface CameEvent',
    'interface GoneEvent',
    'no CameEvent (expected: the messages of',
  ],
])('%s is named', (_, from, to, complaint) => {
  checkout.plant('packages/core/src/events.ts', events.replace(from, to))
  expect(() => page()).toThrow(complaint)
})

function page(): string | Promise<string> {
  return generate({ root: checkout.root, parameters: [] })
}
