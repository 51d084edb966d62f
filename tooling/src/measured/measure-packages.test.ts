import { expect, test } from 'vitest'
import { outdated, type PackedSize } from './measure-packages.ts'

test('a package that is as large as it was measured to be is no news', () => {
  expect(outdated([sized('core', 100_000)], [sized('core', 109_000)])).toEqual([])
})

test.each([
  ['has grown', [sized('core', 100_000)], [sized('core', 120_000)], 'core has 100000 bytes packed (expected: 120000,'],
  ['has shrunk', [sized('core', 100_000)], [sized('core', 80_000)], 'core has 100000 bytes packed (expected: 80000,'],
  ['is new', [], [sized('core', 1)], 'core has 0 bytes packed (expected: 1,'],
  ['is gone', [sized('core', 1)], [], 'core has 1 bytes packed (expected: 0,'],
])('a package that %s is named with both sizes', (_, committed, measured, complaint) => {
  expect(outdated(committed, measured)).toEqual([expect.stringContaining(`results/packages.json: ${complaint}`)])
})

function sized(name: string, packedBytes: number): PackedSize {
  return { name, packedBytes, unpackedBytes: packedBytes * 4, files: 10 }
}
