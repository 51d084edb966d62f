import { expect, test } from 'vitest'
import { type Figures, resolverChecks } from './checks.ts'

const exactly = (median: number) => ({ median, low: median, high: median })
const good: Figures = {
  cpuMs: exactly(14),
  parseMs: exactly(9),
  blockMs: exactly(2),
  firstMs: exactly(99),
  firstBlockMs: exactly(99),
  readiness: { emittedMs: exactly(0.15), pickedMs: exactly(0.2) },
  replacement: { emittedMs: exactly(0.1), pickedMs: exactly(0.1) },
  endpointBytes: exactly(400),
}
const red = (figures: Partial<Figures>): readonly string[] =>
  resolverChecks({ ...good, ...figures }).flatMap(({ id, ok }) => (ok ? [] : [id]))

test('figures at their bounds are ok, and the first of a process is not judged', () => {
  expect(red({})).toEqual([])
})

test('each figure above its bound is red by its own check; of the kinds of change the dearer one counts', () => {
  expect(red({ cpuMs: exactly(14.1) })).toEqual(['resolver.usable'])
  expect(red({ blockMs: exactly(2.1) })).toEqual(['resolver.block'])
  expect(red({ endpointBytes: exactly(401) })).toEqual(['resolver.memory'])
  expect(red({ replacement: { emittedMs: exactly(0.16), pickedMs: exactly(0.1) } })).toEqual(['resolver.change.set'])
  expect(red({ replacement: { emittedMs: exactly(0.1), pickedMs: exactly(0.21) } })).toEqual(['resolver.change.pick'])
})

test('what could not be measured is not ok', () => {
  expect(red({ cpuMs: exactly(Number.NaN) })).toEqual(['resolver.usable'])
})
