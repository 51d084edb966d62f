import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { userAgent } from './user-agent.ts'

test('requests name the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect(userAgent).toBe(`${manifest.name.replace('@', '').replace('/', '-')}/${manifest.version}`)
})
