import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lines } from './lines.ts'

test('W-19: wherever chunks are cut, also inside a character, the lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), fc.array(fc.nat(40)), (texts, cuts) => {
      const expected = texts.map((text) => text.replaceAll('\n', ' '))
      const bytes = Buffer.from(expected.map((line) => `${line}\n`).join(''))
      const lines = new Lines()
      const found: string[] = []
      let from = 0
      for (const length of [...cuts, bytes.length]) {
        found.push(...lines.add(bytes.subarray(from, from + length)))
        from = Math.min(from + length, bytes.length)
      }
      expect(found).toEqual(expected)
      expect(lines.isOpen).toBe(false)
    }),
  )
})

test('W-20: a line without an end is not given out', () => {
  const lines = new Lines()
  expect(lines.add(Buffer.from('{"type":"ADDED"}\n{"type":"DEL'))).toEqual(['{"type":"ADDED"}'])
  expect(lines.isOpen).toBe(true)
})

test('a line that is too long is refused, also before it ends', () => {
  const lines = new Lines(10)
  expect(lines.add(Buffer.from('12345\n1234567890'))).toEqual(['12345'])
  expect(() => lines.add(Buffer.from('1'))).toThrow('a line of more than 10 bytes')
})
