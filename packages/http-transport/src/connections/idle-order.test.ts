import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection } from './connection.ts'
import { IdleOrder } from './idle-order.ts'

// Only the links are used.
function connection(name: number): Connection {
  return { name, older: undefined, newer: undefined } as unknown as Connection
}

test('the order is that of joining, whoever leaves in between', () => {
  const step = fc.record({ joins: fc.boolean(), index: fc.nat(20) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const order = new IdleOrder()
      const model: Connection[] = []
      for (const [at, { joins, index }] of steps.entries()) {
        if (joins || model.length === 0) {
          const joined = connection(at)
          order.add(joined)
          model.push(joined)
        } else {
          const [left] = model.splice(index % model.length, 1) as [Connection]
          order.remove(left)
          expect([left.older, left.newer]).toEqual([undefined, undefined])
        }
        const listed: Connection[] = []
        for (let one = order.oldest; one !== undefined; one = one.newer) listed.push(one)
        expect(listed).toEqual(model)
        expect(order.size).toBe(model.length)
      }
    }),
  )
})
