import { isForbidden } from '@evenkeel/core'
import { expect, test } from 'vitest'
import { Refusal } from './asking/status.ts'
import { failureOf } from './failure.ts'

const subject = {
  group: 'discovery.k8s.io',
  resource: 'endpointslices',
  verbs: ['list', 'watch'],
  namespace: 'shop',
  reason: 'to see the endpoints of its Services',
}

test.each([
  [new Error('reset'), 'EVENKEEL_DISCOVERY_UNREACHABLE', 'endpointslices of the namespace shop at https://api: reset'],
  ['odd', 'EVENKEEL_DISCOVERY_UNREACHABLE', 'endpointslices of the namespace shop at https://api: odd'],
  [new Refusal(401, {}, undefined), 'EVENKEEL_DISCOVERY_UNAUTHORIZED', 'the API server answers 401'],
  [new Refusal(404, {}, undefined), 'EVENKEEL_DISCOVERY_UNREACHABLE', '(expected: an API server that has them'],
] as const)('%s is %s', (cause, code, text) => {
  const error = failureOf(cause, 'https://api', subject)
  expect([error.code, error.fault, error.cause]).toEqual([code, 'discovery', cause])
  expect(error.message).toContain(text)
})

test('what is not permitted names who asks, and what would permit it', () => {
  const message = 'User "system:serviceaccount:other:front" cannot list resource "endpointslices"'
  const error = failureOf(new Refusal(403, { message }, undefined), 'https://api', subject)
  expect([error.code, isForbidden(error)]).toEqual(['EVENKEEL_DISCOVERY_FORBIDDEN', true])
  expect(error.message).toContain('{ kind: ServiceAccount, name: front, namespace: other }')
  expect(error.message).toContain('apiGroups: ["discovery.k8s.io"], resources: [endpointslices], verbs: [list, watch]')
})
