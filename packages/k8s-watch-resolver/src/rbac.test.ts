import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordSets } from '@evenkeel/core/testing'
import { expect, test, vi } from 'vitest'
import { served } from './testing/served.ts'
import { pods } from './testing/slices.ts'

const account = 'system:serviceaccount:shop:storefront'

test('what the error of a refusal says to apply is the file that comes along, and what follows it is a comment', async () => {
  const { server, resolver } = await served()
  server.addToken(server.token, account)
  server.allow([])
  const { sets, last } = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(sets).not.toEqual([]))
  const { code, message } = last().error as { readonly code: string; readonly message: string }
  expect(code).toBe('EVENKEEL_DISCOVERY_FORBIDDEN')
  const [, manifest = '', rest] = /apply this:\n(.*\n)# (.*)$/s.exec(message) ?? []
  expect(manifest).toBe(readFileSync(join(import.meta.dirname, '../rbac.yaml'), 'utf8'))
  expect(rest).not.toContain('\n')
})

test('the rights that the file gives are enough', async () => {
  const { server, resolver, apply } = await served()
  server.addToken(server.token, account)
  server.allow([{ user: account, namespace: 'shop', resource: 'endpointslices', verbs: ['list', 'watch'] }])
  apply({ endpoints: pods(1, 2) })
  const { sets, locators } = recordSets(resolver, 'users')
  await vi.waitFor(() => expect(sets).not.toEqual([]))
  expect(locators()).toEqual(['10.0.0.1:8080', '10.0.0.2:8080'])
})

test('a number that could mean several ports asks for one more right, and a name for none', async () => {
  const { server, resolver, apply } = await served()
  server.addToken(server.token, account)
  server.allow([{ user: account, namespace: 'shop', resource: 'endpointslices', verbs: ['list', 'watch'] }])
  const ports = [
    { name: 'http', port: 8080, protocol: 'TCP' },
    { name: 'admin', port: 9090, protocol: 'TCP' },
  ]
  apply({ endpoints: pods(1, 1), ports })
  const byNumber = recordSets(resolver, 'users:80')
  const byName = recordSets(resolver, 'users:admin')
  await vi.waitFor(() => expect(byNumber.sets.at(-1)?.error).toBeDefined())
  const { message } = byNumber.last().error as Error
  expect(message).toContain('which port 80 of users is')
  expect(message).toContain('  - { apiGroups: [""], resources: [services], verbs: [get] }\n')
  expect(byName.locators()).toEqual(['10.0.0.1:9090'])
})
