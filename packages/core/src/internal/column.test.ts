import { expect, test } from 'vitest'
import { Column, IntegerColumn } from './column.ts'

test('a value stays at its row while the column grows', () => {
  const column = new Column()
  column.put(0, 0.5)
  column.put(63, -1.25)
  column.put(64, Number.NaN)
  column.put(1_000, Number.POSITIVE_INFINITY)
  expect([column.at(0), column.at(63), column.at(64), column.at(1_000)]).toEqual([
    0.5,
    -1.25,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])
  expect(column.at(65)).toBe(0)
})

test('a column doubles, so that rows that come one by one copy each value a bounded number of times', () => {
  const column = new Column()
  let copies = 0
  let { values } = column
  for (let row = 0; row < 10_000; row++) {
    column.put(row, row)
    if (column.values === values) continue
    copies += values.length
    values = column.values
  }
  expect(copies).toBeLessThan(20_000)
  expect(column.at(9_999)).toBe(9_999)
})

test('whole numbers grow likewise, and a row that was never put is 0', () => {
  const column = new IntegerColumn()
  column.put(5, -1)
  expect([column.at(5), column.at(6), column.at(64), column.at(1e9)]).toEqual([-1, 0, 0, 0])
  column.put(130, 2_147_483_647)
  expect([column.at(5), column.at(129), column.at(130)]).toEqual([-1, 0, 2_147_483_647])
})
