import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

test('the storefront may do what the resolver asks for, and nothing else', () => {
  const needed = rulesIn('packages/k8s-watch-resolver/rbac.yaml')
  expect(needed).not.toEqual([])
  expect(rulesIn('apps/shop/manifests/storefront-access.yaml')).toEqual(needed)
})

/** The rules of all Roles in a file, one a line. */
function rulesIn(path: string): readonly string[] {
  const roles = readFileSync(join(root, path), 'utf8').split(/^---$/m)
  return roles
    .flatMap((role) => /^rules:\n((?: .*\n)+)/m.exec(role)?.[1]?.split('\n') ?? [])
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
