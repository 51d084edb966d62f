import { expect, test } from 'vitest'
import { seededRandom } from '../testing/index.ts'
import { type ChunkedList, chunked } from './chunked-list.ts'

test('a copy differs by what was changed, and what it was copied from stays as it was, after any history', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const model = Array.from({ length: random.below(600) }, (_, index) => index)
    let list: ChunkedList<number> = chunked([...model])
    const kept: (readonly [ChunkedList<number>, readonly number[]])[] = []
    for (let step = 0; step < 60; step++) {
      kept.push([list, [...model]])
      const draft = list.edit()
      for (let change = random.below(200); change >= 0; change--) {
        const action = random.below(3)
        const value = random.below(1_000_000)
        if (action === 0) {
          draft.push(value)
          model.push(value)
        } else if (model.length > 0 && action === 1) expect(draft.pop(), `seed ${seed}`).toBe(model.pop())
        else if (model.length > 0) {
          const index = random.below(model.length)
          draft.set(index, value)
          model[index] = value
        }
      }
      list = draft.done()
      expect(list.size, `seed ${seed}`).toBe(model.length)
      expect(list.at(model.length), `seed ${seed}`).toBeUndefined()
      if (model.length > 0) expect(list.at(model.length - 1), `seed ${seed}`).toBe(model.at(-1))
    }
    for (const [old, values] of kept) expect(old.array, `seed ${seed}`).toEqual(values)
    expect(list.array, `seed ${seed}`).toEqual(model)
  }
})

test('a list is made into an array once, and the array that it was made from is that array', () => {
  const array = Array.from({ length: 300 }, (_, index) => index)
  expect(chunked(array).array).toBe(array)
  const draft = chunked(array).edit()
  draft.set(0, 7)
  const list = draft.done()
  expect(list.array).toBe(list.array)
  expect(list.array[0]).toBe(7)
})
