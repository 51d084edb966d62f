import { describe, test } from 'vitest'
import { fakeWorld } from './testing/conformance/fake-world.ts'
import { rules } from './testing/conformance/suite.ts'

describe.each(['h2', 'http/1.1'] as const)('over %s', (protocol) => {
  test.each(rules.map((rule) => [rule.id, rule.title, rule] as const))('%s %s', async (_id, _title, rule) => {
    await using world = await fakeWorld(protocol)
    await rule.play(world)
  })
})
