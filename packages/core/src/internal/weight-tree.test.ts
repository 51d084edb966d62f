import { describe, expect, test } from 'vitest'
import { seededRandom } from '../testing/index.ts'
import { WeightTree } from './weight-tree.ts'

const always = (share: number) => ({ next: () => share, below: () => 0 })
// The largest number that `next` may give.
const almostOne = always(1 - 2 ** -53)

function treeOf(...weights: readonly number[]): WeightTree {
  const tree = new WeightTree()
  for (const [index, weight] of weights.entries()) tree.set(index, weight)
  return tree
}

test('the sum and the heaviest are those of what is set now, after any history', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed)
    const tree = new WeightTree()
    const weights: number[] = []
    for (let step = 0; step < 200; step++) {
      const index = random.below(150)
      const weight = random.below(4) === 0 ? 0 : random.next() * 10 ** random.below(12)
      tree.set(index, weight)
      weights[index] = weight
    }
    const known = weights.filter((weight) => weight !== undefined)
    const sum = known.reduce((total, weight) => total + weight, 0)
    expect(Math.abs(tree.sum / sum - 1), `seed ${seed}`).toBeLessThan(1e-12)
    expect(tree.heaviest, `seed ${seed}`).toBe(Math.max(...known))
    for (const [index, weight = 0] of weights.entries()) expect(tree.at(index), `seed ${seed}`).toBe(weight)
  }
})

test('a draw goes through the weights in their order', () => {
  const tree = treeOf(1, 0, 2, 5)
  const at = [0, 1, 2, 3, 4, 5, 6, 7].map((eighth) => tree.draw(always(eighth / 8)))
  expect(at).toEqual([0, 2, 2, 3, 3, 3, 3, 3])
})

describe('among all but one', () => {
  test('each other one has the share of its weight', () => {
    const tree = treeOf(1, 4, 2, 1)
    for (const [except, others] of [
      [1, [0, 2, 3]],
      [3, [0, 1, 2]],
    ] as const) {
      const counts = new Map<number, number>()
      const steps = others.reduce<number>((sum, index) => sum + tree.at(index), 0)
      for (let step = 0; step < steps; step++) {
        const index = tree.drawOther(always(step / steps), except)
        counts.set(index, (counts.get(index) ?? 0) + 1)
      }
      expect(counts).toEqual(new Map(others.map((index) => [index, tree.at(index)])))
    }
  })

  test('light ones are drawn however heavy the one is', () => {
    const tree = treeOf(1e300, 1, 1)
    const random = seededRandom(3)
    const drawn = Array.from({ length: 100 }, () => tree.drawOther(random, 0))
    expect(new Set(drawn)).toEqual(new Set([1, 2]))
  })
})

test('rounding never leads to what weighs nothing', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed)
    const weights = Array.from({ length: 2 + random.below(90) }, () =>
      random.below(3) === 0 ? 0 : random.next() * 10 ** random.below(20),
    )
    weights[0] = 0.1
    weights[1] = 0.3
    const tree = treeOf(...weights)
    expect(weights[tree.draw(almostOne)], `seed ${seed}`).toBeGreaterThan(0)
    for (const except of weights.keys()) {
      for (const chance of [almostOne, always(0), random]) {
        const drawn = tree.drawOther(chance, except)
        expect(drawn, `seed ${seed} except ${except}`).not.toBe(except)
        expect(weights[drawn], `seed ${seed} except ${except}`).toBeGreaterThan(0)
      }
    }
  }
})

test('where nothing weighs anything nobody is drawn', () => {
  expect(new WeightTree().draw(almostOne)).toBe(-1)
  expect(treeOf(0, 0).draw(almostOne)).toBe(-1)
  expect(treeOf(3, 0).drawOther(almostOne, 0)).toBe(-1)
  expect(new WeightTree().at(1_000)).toBe(0)
})
