import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Interned, ownText } from './interned.ts'

test('an own text says the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(ownText(text)).toBe(text)
    }),
  )
})

test('a pool gives the text that it was asked for, also when there are more than it keeps at hand', () => {
  const pool = new Interned()
  for (const round of [1, 2]) {
    for (let node = 0; node < 12_000; node++) expect(pool.text(`node-${node}`), `round ${round}`).toBe(`node-${node}`)
  }
  // The same sum: '1a' and '0\u0080' differ in nothing else.
  expect([pool.text('1a'), pool.text('0\u0080'), pool.text('1a')]).toEqual(['1a', '0\u0080', '1a'])
})

test('nothing is no text', () => {
  const pool = new Interned()
  expect([pool.text(''), pool.text(null), pool.text(undefined)]).toEqual([undefined, undefined, undefined])
})
