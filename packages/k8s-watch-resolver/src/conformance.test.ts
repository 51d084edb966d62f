import { describe, expect, test } from 'vitest'
import { fakeWorld } from './testing/conformance/fake-world.ts'
import { rules } from './testing/conformance/suite.ts'

describe.each(['h2', 'http/1.1'] as const)('over %s', (protocol) => {
  test.each(rules.map((rule) => [rule.id, rule.title, rule] as const))('%s %s', async (_id, _title, rule) => {
    await using world = await fakeWorld(protocol)
    await rule.play(world)
  })
})

test('no rule is left out', () => {
  const to = (letter: string, first: number, last: number): readonly string[] =>
    Array.from({ length: last - first + 1 }, (_, at) => `${letter}-${String(first + at).padStart(2, '0')}`)
  const wanted = [...to('M', 1, 29), ...to('T', 9, 11), 'T-14', ...to('W', 1, 28)]
  // Its crowd needs no server, and has a test of its own.
  expect([...new Set([...rules.map(({ id }) => id), 'W-23'])].sort()).toEqual(wanted)
})
