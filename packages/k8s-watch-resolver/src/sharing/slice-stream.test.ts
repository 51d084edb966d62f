import { fakeClock, seededRandom } from '@evenkeel/core/testing'
import { expect, test } from 'vitest'
import type { EndpointSlice } from '../slices/endpoint-slice.ts'
import { ScriptedBody, ScriptedServer, settled } from '../testing/scripted-server.ts'
import { slice } from '../testing/slices.ts'
import { byService, changedSlice, sliceStream } from './slice-stream.ts'

const ignore = (): void => {}
const observer = {
  arrived: (object: EndpointSlice) => object,
  replaced: ignore,
  changed: ignore,
  failed: ignore,
  recovered: ignore,
}

test.each([
  ['users', 'kubernetes.io/service-name=users'],
  [undefined, null],
])('a stream of %s has the selector %s', async (service, selector) => {
  const server = new ScriptedServer(() => ({ body: new ScriptedBody() }))
  const kit = { server, clock: fakeClock(), random: seededRandom(1), manners: { watchList: true } }
  const stream = sliceStream(kit, 'shop', service, observer)
  await settled()
  await stream.close()
  const { pathname, searchParams } = new URL(server.paths[0] ?? '', 'http://x')
  expect([pathname, searchParams.get('labelSelector')]).toEqual([
    '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
    selector,
  ])
})

test('slices and changes are told apart by Service, in order, and those of none are left out', () => {
  const a = slice({ name: 'a' })
  const b = slice({ name: 'b', labels: { 'kubernetes.io/service-name': 'orders' } })
  const c = slice({ name: 'c' })
  const nobody = { ...a, metadata: { name: 'd' } }
  expect([...byService([a, b, nobody, c], (one) => one)]).toEqual([
    ['users', [a, c]],
    ['orders', [b]],
  ])
  const change = { kind: 'gone', object: b } as const
  expect([...byService([change], changedSlice)]).toEqual([['orders', [change]]])
})
