import { expect, test } from 'vitest'
import { plainCall as call, endpointAt } from '../../testing/index.ts'
import { LivePeer } from '../peer.ts'
import { Debts } from './debts.ts'

const everybody = { has: () => true }
const post = { ...call, repeatable: false }

function open(count = 1) {
  const debts = new Debts()
  const limit = { perPeer: Number.POSITIVE_INFINITY }
  const peers = Array.from({ length: count }, (_, row) => {
    const peer = new LivePeer(row, endpointAt(`p${row}:80`), limit)
    peer.standing = 'shut'
    debts.reset(peer)
    return peer
  })
  return { debts, peers, limit, peer: peers[0] as LivePeer }
}

test('the next repeatable first attempt without a hash key pays, once', () => {
  const { debts, peer } = open()
  debts.owe(peer, 0)
  expect(debts.has(peer)).toBe(true)
  expect(debts.pay({ ...call, hashKey: 'key' }, 0, everybody)).toBeUndefined()
  expect(debts.pay({ ...call, tried: [peer] }, 0, everybody)).toBeUndefined()
  expect(debts.pay(post, 0, everybody)).toBeUndefined()
  expect(debts.pay(call, 0, everybody)).toBe(peer)
  expect(debts.pay(call, 0, everybody)).toBeUndefined()
  expect(debts.has(peer)).toBe(true)
})

test('a shut peer waits 30 s for a repeatable call and then takes any; an open or leaving one waits on', () => {
  const { debts, peer } = open()
  debts.owe(peer, 1_000)
  expect(debts.pay(post, 30_999, everybody)).toBeUndefined()
  for (const standing of ['open', 'leaving'] as const) {
    peer.standing = standing
    expect(debts.pay(post, 90_000, everybody)).toBeUndefined()
  }
  peer.standing = 'shut'
  expect(debts.pay({ ...post, hashKey: 'key' }, 31_000, everybody)).toBeUndefined()
  expect(debts.pay(post, 31_000, everybody)).toBe(peer)
})

test('owing twice is one debt, and none is added while a trial is under way', () => {
  const { debts, peer } = open()
  debts.owe(peer, 0)
  debts.owe(peer, 0)
  expect(debts.size).toBe(1)
  debts.pay(call, 0, everybody)
  debts.owe(peer, 0)
  expect(debts.size).toBe(0)
})

test.each([
  ['good', false],
  ['bad', false],
  ['none', true],
] as const)('a trial that ends with %s leaves the debt open: %s', (result, still) => {
  const { debts, peer } = open()
  debts.owe(peer, 0)
  debts.pay(call, 0, everybody)
  debts.ended(peer, result, 5)
  expect(debts.has(peer)).toBe(still)
  debts.owe(peer, 6)
  expect(debts.pay(call, 6, everybody)).toBe(peer)
})

test('a full peer and one that the balancer does not have are passed over and stay owed', () => {
  const { debts, peers, limit } = open(2)
  const [first, second] = peers as [LivePeer, LivePeer]
  debts.owe(first, 0)
  debts.owe(second, 0)
  expect(debts.pay(call, 0, { has: (peer) => peer === second })).toBe(second)
  limit.perPeer = 1
  first.inFlight = 1
  expect(debts.pay(call, 0, everybody)).toBeUndefined()
  first.inFlight = 0
  expect(debts.pay(call, 0, everybody)).toBe(first)
})

test('one call looks at eight debts, and the next call at the ones behind', () => {
  const { debts, peers } = open(20)
  for (const peer of peers) debts.owe(peer, 0)
  const last = peers[19] as LivePeer
  const members = { has: (peer: LivePeer) => peer === last }
  expect([1, 2, 3].map(() => debts.pay(call, 0, members))).toEqual([undefined, undefined, last])
  expect(debts.size).toBe(19)
})

test('the debt of a peer that is gone is forgotten, and none is made', () => {
  const { debts, peer } = open()
  debts.owe(peer, 0)
  debts.forget(peer)
  expect(debts.size).toBe(0)
  peer.gone = true
  debts.owe(peer, 0)
  expect(debts.size).toBe(0)
})
