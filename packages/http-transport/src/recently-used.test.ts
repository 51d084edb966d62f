import { expect, test } from 'vitest'
import { RecentlyUsed } from './recently-used.ts'

test('keeps at most so many, and lets go of the one unused longest', () => {
  const gone: string[] = []
  const map = new RecentlyUsed<string>(3, (value) => gone.push(value))
  for (const key of ['a', 'b', 'c']) map.set(key, key.toUpperCase())
  expect(map.get('a')).toBe('A')
  map.set('d', 'D')
  expect([map.size, gone, map.get('b')]).toEqual([3, ['B'], undefined])
  map.set('e', 'E')
  expect([gone, [...map.values()]]).toEqual([
    ['B', 'C'],
    ['A', 'D', 'E'],
  ])
})

test('a key that is not there counts for nothing', () => {
  const map = new RecentlyUsed<string>(1, () => {})
  expect([map.get('a'), map.size]).toEqual([undefined, 0])
})
