import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

// A process of its own each, since what is shown is the first import; from the packed tarball and on other versions of Node: `npm run packed`.
const run = promisify(execFile)
const home = join(import.meta.dirname, '..')
const slot = "globalThis[Symbol.for('undici.globalDispatcher.1')]"

test.each([
  ['changes nothing in a process that has not used fetch yet', 'global-fetch-unused.ts'],
  ['changes nothing in a process that has used fetch before', 'global-fetch-in-use.ts'],
  ['undoes nothing in a process that has loaded undici itself', 'undici-first.ts'],
])('importing the package %s', async (_, program) => {
  await run(process.execPath, ['--conditions=source', join(home, 'programs', program)])
})

test('importing undici alone takes over the fetch built into Node', async () => {
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '-e', `const before = ${slot}; await import('undici'); console.log(before === ${slot})`],
    { cwd: home },
  )
  expect(stdout).toBe('false\n')
})
