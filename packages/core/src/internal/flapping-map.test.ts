import { expect, test } from 'vitest'
import { seededRandom } from '../testing/index.ts'
import { FlappingMap } from './flapping-map.ts'

test('it holds what a Map would hold after any history', () => {
  const random = seededRandom(11)
  const map = new FlappingMap<number, { readonly step: number }>()
  const model = new Map<number, { readonly step: number }>()
  for (let step = 0; step < 10_000; step++) {
    const key = random.below(20)
    if (random.next() < 0.5) {
      map.set(key, { step })
      model.set(key, { step })
    } else expect(map.delete(key)).toBe(model.delete(key))
    expect(map.size).toBe(model.size)
    expect(map.get(key)).toEqual(model.get(key))
    expect(new Set(map.keys())).toEqual(new Set(model.keys()))
  }
  expect(new Set([...map.values()].map((value) => value.step))).toEqual(
    new Set([...model.values()].map((value) => value.step)),
  )
})

test('a key may be deleted while the keys are walked', () => {
  const map = new FlappingMap<number, object>()
  for (let key = 0; key < 5; key++) map.set(key, {})
  for (const key of [...map.keys()]) map.delete(key)
  expect(map.size).toBe(0)
  expect([...map.values()]).toEqual([])
})
