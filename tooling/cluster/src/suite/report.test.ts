import { expect, test } from 'vitest'
import { resultOf } from './report.ts'

const environment = { node: 'v24.0.0', cpu: 'cpu', cores: 2, commit: 'abc' }

test('every test is a check, and a fact keeps the document that it comes from', () => {
  const assertionResults = [
    { title: 'A pod is ready', status: 'passed', meta: { document: 'https://kubernetes.io/docs/' } },
    { title: 'a component stops', status: 'failed' },
    {
      title: 'W-06 a bookmark',
      status: 'passed',
      meta: { rule: 'W-06', world: 'real' as const, costs: [{ what: 'a bookmark', value: 90, unit: 'bytes' }] },
    },
  ]
  const { checks, figures } = resultOf({ testResults: [{ name: '/x/pods.test.ts', assertionResults }] }, environment)
  expect(checks.map(({ id, ok }) => [id, ok])).toEqual([
    ['cluster.pods.a-pod-is-ready', true],
    ['cluster.pods.a-component-stops', false],
    ['cluster.pods.w-06-a-bookmark', true],
  ])
  expect(figures).toEqual({
    facts: [{ file: 'pods', fact: 'A pod is ready', document: 'https://kubernetes.io/docs/', verdict: 'passed' }],
    rules: [{ rule: 'W-06', world: 'real', verdict: 'passed', tests: 1 }],
    costs: [{ what: 'a bookmark', value: 90, unit: 'bytes' }],
  })
})

test('a rule passes where all of its tests do, in every world in which they ran', () => {
  const played = (rule: string, world: 'fake' | 'real', status: string) => ({
    title: `${rule} ${world}`,
    status,
    meta: { rule, world },
  })
  const assertionResults = [
    played('W-02', 'fake', 'passed'),
    played('W-02', 'real', 'failed'),
    played('W-01', 'fake', 'passed'),
    played('W-01', 'real', 'passed'),
    played('W-03', 'fake', 'passed'),
    played('W-03', 'real', 'skipped'),
    played('W-04', 'real', 'skipped'),
  ]
  const { figures } = resultOf({ testResults: [{ name: '/x/watch.test.ts', assertionResults }] }, environment)
  expect(figures).toMatchObject({
    rules: [
      { rule: 'W-01', world: 'both', verdict: 'passed', tests: 2 },
      { rule: 'W-02', world: 'both', verdict: 'failed', failed: ['W-02 real'] },
      { rule: 'W-03', world: 'fake', verdict: 'passed', tests: 1 },
      { rule: 'W-04', world: '', verdict: 'skipped', tests: 0 },
    ],
  })
})

test('a file that cannot be loaded is a check that fails', () => {
  const { checks } = resultOf(
    { testResults: [{ name: '/x/pods.test.ts', message: 'no such module', assertionResults: [] }] },
    environment,
  )
  expect(checks).toMatchObject([{ claim: 'loads: no such module', ok: false }])
})
