import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { type Check, currentEnvironment, isOk } from './result.ts'

const check: Check = { id: 'a', claim: 'nothing is lost', expected: 0, got: 0, unit: 'requests', ok: true }

test('a result is ok only if it has checks and all of them are', () => {
  expect(isOk({ checks: [check] })).toBe(true)
  expect(isOk({ checks: [check, { ...check, got: 1, ok: false }] })).toBe(false)
  expect(isOk({ checks: [] })).toBe(false)
})

test('the environment names this Node, its processor and a commit', () => {
  const environment = currentEnvironment()
  expect(environment.node).toBe(process.version)
  expect(environment.cores).toBeGreaterThan(0)
  expect(environment.commit).toMatch(/^([0-9a-f]{40}\+?|unknown)$/)
})

test.each([
  { ok: true, status: 0 },
  { ok: false, status: 1 },
])('a program with a check of ok=$ok prints one document and exits with $status', ({ ok, status }) => {
  const program = `
    import { currentEnvironment, printResult } from ${JSON.stringify(new URL('result.ts', import.meta.url).href)}
    printResult({ checks: [${JSON.stringify({ ...check, ok })}], environment: currentEnvironment(), figures: { rounds: 9 } })`
  const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  const document = JSON.parse(ran.stdout)
  expect(Object.keys(document)).toEqual(['checks', 'environment', 'figures'])
  expect(document.checks[0].ok).toBe(ok)
  expect(ran.status).toBe(status)
})
