import { Channel, connectivityState, experimental, Metadata } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { open } from '../testing/field.ts'
import { TestServer } from '../testing/servers.ts'
import { missingFrom } from './contract.ts'
import { hasKey } from './metadata.ts'
import { sessionOf } from './subchannel.ts'

type Loose = Record<string, unknown>

/** A member that TypeScript does not let us see. */
function member(owner: unknown, name: string): unknown {
  return (owner as Loose)[name]
}

describe('what we need of grpc-js', () => {
  test('is there', () => {
    expect(missingFrom(experimental as unknown as Loose, Channel)).toEqual([])
  })

  test('is named when it is missing', () => {
    const { registerResolver: _gone, ...rest } = experimental
    expect(missingFrom(rest, Channel)).toEqual(['experimental.registerResolver'])
    expect(missingFrom({ ...rest, SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX: 'other' }, undefined)).toEqual([
      'experimental.registerResolver',
      'experimental.SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX',
      'Channel',
    ])
  })

  test('results of picks have the numbers that we give', () => {
    const { COMPLETE, DROP, QUEUE, TRANSIENT_FAILURE } = experimental.PickResultType
    expect([COMPLETE, QUEUE, TRANSIENT_FAILURE, DROP]).toEqual([0, 1, 2, 3])
  })

  test('the channel hands deadlines to its internal channel', async () => {
    const server = await TestServer.listen('a')
    const internal = member(open([server.locator]).client.getChannel(), 'internalChannel')
    expect(member(internal, 'createRetryingCall')).toBeTypeOf('function')
  })

  test('a subchannel has a session, a connector, a count and transitions', async () => {
    const server = await TestServer.listen('a')
    const field = open([server.locator])
    await field.unary()
    const internal = member(field.client.getChannel(), 'internalChannel')
    const [wrapped] = member(internal, 'wrappedSubchannels') as Set<experimental.SubchannelInterface>
    const real = wrapped?.getRealSubchannel()
    if (real === undefined) throw new Error('there is no subchannel')
    expect(sessionOf(real)?.remoteSettings.maxConcurrentStreams).toBeGreaterThan(0)
    expect(member(member(real, 'connector'), 'tcpConnect')).toBeTypeOf('function')
    expect(member(real, 'transitionToState')).toBeTypeOf('function')
    // Ours and the pool's.
    expect(member(real, 'refcount')).toBe(2)
    expect(real.getConnectivityState()).toBe(connectivityState.READY)
  })
})

test('metadata is asked for a key without checking its spelling, and with it where grpc-js has changed', () => {
  const metadata = new Metadata()
  metadata.set('evenkeel-drain', '1')
  expect(member(metadata, 'internalRepr')).toBeInstanceOf(Map)
  expect([hasKey(metadata, 'evenkeel-drain'), hasKey(metadata, 'other')]).toEqual([true, false])
  const other = { get: (key: string) => (key === 'there' ? ['1'] : []) } as unknown as Metadata
  expect([hasKey(other, 'there'), hasKey(other, 'other')]).toEqual([true, false])
})
