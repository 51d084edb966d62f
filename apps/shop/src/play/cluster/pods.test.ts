import { expect, test } from 'vitest'
import { podsIn, type SentPod } from './pods.ts'

function sent(name: string, status: SentPod['status'], deletionTimestamp?: string): SentPod {
  const labels = { 'app.kubernetes.io/name': name.split('-')[0] as string }
  return { metadata: { name, labels, deletionTimestamp }, ...(status === undefined ? {} : { status }) }
}

const ready = { podIP: '198.18.1.2', conditions: [{ type: 'Ready', status: 'True' }] }

test('a pod is starting, ready or terminating, whether or not it is ready then', () => {
  const pods = podsIn([
    sent('users-d', ready, '2026-11-24T00:00:00Z'),
    sent('users-c', ready),
    sent('users-b', { podIP: '198.18.1.3', conditions: [{ type: 'Ready', status: 'False' }] }),
    sent('users-a', undefined),
    sent('catalog-z', ready),
  ])
  expect(pods.map(({ name, app, address, state }) => [name, app, address, state])).toEqual([
    ['catalog-z', 'catalog', '198.18.1.2', 'ready'],
    ['users-a', 'users', undefined, 'starting'],
    ['users-b', 'users', '198.18.1.3', 'starting'],
    ['users-c', 'users', '198.18.1.2', 'ready'],
    ['users-d', 'users', '198.18.1.2', 'terminating'],
  ])
})
