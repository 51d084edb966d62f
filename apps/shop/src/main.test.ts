import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// A process of its own starts, perhaps beside other tests.
const slow = { timeout: 30_000 }

function run(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): readonly [number | null, string] {
  const words = ['--conditions=source', join(import.meta.dirname, 'main.ts'), ...parameters]
  const { status, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  return [status, stderr]
}

test('a service that there is not, and a setting that is wrong, end the program with one line', slow, () => {
  expect(run(['user'], {})).toEqual([1, 'service: user (expected: users, catalog, storefront)\n'])
  expect(run(['users'], { PORT: 'http' })).toEqual([1, 'PORT: http (expected: a whole number from 1 to 65535)\n'])
})
