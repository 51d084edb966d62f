/**
 * What a slice says, also where it says less than it might.
 */
import { deepEqual, equal, match } from 'node:assert/strict'
import type { EndpointSlice, SliceEndpoint, SlicePort } from '../../../slices/endpoint-slice.ts'
import { pod, pods, type SliceDraft, slice } from '../../slices.ts'
import { fakeRule, type Rule, rule } from '../rule.ts'
import { warningsDuring } from '../watched.ts'
import type { World } from '../world.ts'

const grpc = (port: number): SlicePort => ({ name: 'grpc', port, protocol: 'TCP' })
const http: SlicePort = { name: 'http', port: 8080, protocol: 'TCP' }

/** What one hears of slices, and of which port. */
async function toldOf(world: World, drafts: readonly SliceDraft[], target = 'users'): Promise<readonly string[]> {
  for (const draft of drafts) await world.apply(slice(draft))
  const client = world.watch(target)
  await client.live()
  equal(client.last?.status, 'ok')
  return client.told
}

/** The one pod of a slice, with conditions. */
function conditioned(conditions: SliceEndpoint['conditions']): readonly SliceDraft[] {
  return [{ endpoints: [pod(1, { conditions })] }]
}

/** A pod whose port 8080 nothing in its slice says. */
function without(endpoint: SliceEndpoint, key: keyof SliceEndpoint): SliceEndpoint {
  const { [key]: _, ...rest } = endpoint
  return rest
}

const sixth = (number: number): SliceEndpoint => pod(number, { addresses: [`fd00::${number}`] })

/** M-08 to M-17, M-20 to M-22, M-29. */
export const reading: readonly Rule[] = [
  rule('M-08', 'without conditions an endpoint is ready', async (world) => {
    const bare = [without(pod(1), 'conditions'), pod(2, { conditions: {} }), pod(3, { conditions: { ready: true } })]
    deepEqual(await toldOf(world, [{ endpoints: bare }]), ['10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080'])
  }),
  rule('M-08', 'what stops and does not say whether it serves, serves', async (world) => {
    deepEqual(await toldOf(world, conditioned({ ready: false, terminating: true })), [
      '10.0.0.1:8080 serving-terminating',
    ])
  }),
  rule('M-09', 'what stops and still serves is serving and terminating, and nothing else', async (world) => {
    deepEqual(await toldOf(world, conditioned({ ready: false, serving: true, terminating: true })), [
      '10.0.0.1:8080 serving-terminating',
    ])
  }),
  rule('M-10', 'what is ready although it stops is ready', async (world) => {
    deepEqual(await toldOf(world, conditioned({ ready: true, serving: true, terminating: true })), ['10.0.0.1:8080'])
  }),
  rule('M-11', 'slices whose endpoints and ports are null are a Service with nobody at home', async (world) => {
    deepEqual(await toldOf(world, [{ endpoints: null, ports: null }]), [])
  }),
  rule('M-12', 'without any slice the Service is absent, and the error says what it may be', async (world) => {
    const client = world.watch()
    await client.live()
    deepEqual([client.last?.status, client.pods], ['absent', ''])
    const { error } = client.last ?? {}
    match(String(error), /no EndpointSlices: .*no such Service.*ExternalName.*no selector/)
    await world.apply(slice({ endpoints: null, ports: null }))
    await client.heard(1)
    deepEqual([client.last?.status, client.last?.error], ['ok', undefined])
  }),
  rule('M-13', 'a port without a number yields nobody', async (world) => {
    deepEqual(
      await toldOf(world, [{ ports: [{ name: 'http', protocol: 'TCP' }], endpoints: pods(1, 2) }], 'users:http'),
      [],
    )
  }),
  rule('M-13', 'a port 0 yields nobody', async (world) => {
    deepEqual(
      await toldOf(
        world,
        [{ ports: [{ name: 'http', port: 0, protocol: 'TCP' }], endpoints: pods(1, 2) }],
        'users:http',
      ),
      [],
    )
  }),
  ...([[{ port: 8080 }], [{ name: '', port: 8080, protocol: 'TCP' }]] as const).map((ports) =>
    rule('M-14', `the port ${JSON.stringify(ports[0])} is that of a target without one`, async (world) => {
      deepEqual(await toldOf(world, [{ ports, endpoints: pods(1, 1) }]), ['10.0.0.1:8080'])
    }),
  ),
  rule('M-15', 'a port has in each slice its own number', async (world) => {
    const drafts = [
      { name: 'a', ports: [grpc(50_051)], endpoints: [pod(1)] },
      { name: 'b', ports: [grpc(50_052)], endpoints: [pod(2)] },
    ]
    deepEqual(await toldOf(world, drafts, 'users:grpc'), ['10.0.0.1:50051', '10.0.0.2:50052'])
  }),
  rule('M-16', 'a slice without the port yields nobody', async (world) => {
    const drafts = [
      { name: 'a', ports: [http], endpoints: [pod(1)] },
      { name: 'b', ports: [http, grpc(50_051)], endpoints: [pod(2)] },
    ]
    deepEqual(await toldOf(world, drafts, 'users:grpc'), ['10.0.0.2:50051'])
  }),
  // No real API server lets two ports of a slice have one name.
  fakeRule('M-17', 'of one name for UDP and TCP in a slice only TCP is used', async (world) => {
    const ports = [
      { name: 'dns', port: 54, protocol: 'UDP' },
      { name: 'dns', port: 53, protocol: 'TCP' },
      { name: 'dns', port: 55, protocol: 'UDP' },
    ]
    deepEqual(await toldOf(world, [{ ports, endpoints: [pod(1)] }], 'users:dns'), ['10.0.0.1:53'])
  }),
  rule('M-20', 'a slice of names is not used, and that is said once', async (world) => {
    const named = { addressType: 'FQDN', endpoints: [{ addresses: ['users.example'] }] }
    const warnings = await warningsDuring(async () => {
      const drafts = [
        { name: 'a', ...named },
        { name: 'b', ...named },
        { name: 'c', endpoints: [pod(1)] },
      ]
      deepEqual(await toldOf(world, drafts), ['10.0.0.1:8080'])
    })
    equal(warnings.filter((text) => text.includes('addresses of type FQDN')).length, 1)
  }),
  rule('M-21', 'of two addresses of an endpoint the first is used', async (world) => {
    const endpoints = [pod(1, { addresses: ['10.0.0.9', '10.0.0.1'] })]
    deepEqual(await toldOf(world, [{ endpoints }]), ['10.0.0.9:8080'])
  }),
  rule('M-22', 'a pod of two families is there once, by the preferred one; else by the other', async (world) => {
    const drafts = [
      { name: 'six', addressType: 'IPv6', endpoints: [sixth(1), sixth(2)] },
      { name: 'four', endpoints: [pod(1)] },
    ]
    deepEqual(await toldOf(world, drafts), ['10.0.0.1:8080', '[fd00::2]:8080'])
  }),
  rule('M-29', 'a Service whose name begins with a digit is one like all others', async (world) => {
    const ofService: EndpointSlice = slice({ labels: { 'kubernetes.io/service-name': '1pay' }, endpoints: [pod(1)] })
    await world.apply(ofService)
    const client = world.watch(`1pay.${world.namespace}`)
    await client.live()
    equal(client.pods, '1')
  }),
]
