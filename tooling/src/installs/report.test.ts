import { expect, test } from 'vitest'
import { isOk } from '../result.ts'
import { esModules } from './kinds/plain.ts'
import { installsResult } from './report.ts'

const versions = { undici: '8.0.0' }

test('a kind that works is a check that is ok, with its versions among the figures', () => {
  const trial = { ok: true, output: 'fine', versions }
  const result = installsResult([{ kind: esModules, trial, nodeVersion: 'v24.0.0', seconds: 1.4 }])
  expect(isOk(result)).toBe(true)
  expect(result.checks).toMatchObject([{ id: 'installs.esm', got: 'works' }])
  expect(result.figures).toMatchObject({ kinds: [{ name: 'esm', node: 'v24.0.0', versions, seconds: 1 }] })
})

test('a kind that fails is a check that is not, and names the command', () => {
  const trial = { ok: false, output: 'node main.mjs\nCannot find module', versions }
  const result = installsResult([{ kind: esModules, trial, nodeVersion: 'v24.0.0', seconds: 1 }])
  expect(isOk(result)).toBe(false)
  expect(result.checks).toMatchObject([{ got: 'node main.mjs', ok: false }])
})

test('a run without kinds proves nothing', () => {
  expect(isOk(installsResult([]))).toBe(false)
})
