import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'vitest'

// A process of its own, since it becomes the global dispatcher and replaces the process's fetch.
test('one agent serves every client of undici and Node: given, global, composed, installed', async () => {
  const program = join(import.meta.dirname, '../programs/every-client.ts')
  await promisify(execFile)(process.execPath, ['--conditions=source', program])
})
