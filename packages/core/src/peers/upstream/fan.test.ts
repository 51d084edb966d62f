import { expect, test } from 'vitest'
import type { Stage } from '../../narrowing/stage.ts'
import { endpointAt } from '../../testing/index.ts'
import { LivePeer } from '../peer.ts'
import { Fan } from './fan.ts'

const [first, second] = ['a:80', 'b:80'].map(
  (locator, row) => new LivePeer(row, endpointAt(locator), { perPeer: 1 }),
) as [LivePeer, LivePeer]

function recording(): { stage: Stage; heard: string[] } {
  const heard: string[] = []
  return {
    heard,
    stage: {
      join: (peer, share) => heard.push(`join ${peer.endpoint.address} ${share}`),
      alter: (peer) => heard.push(`alter ${peer.endpoint.address}`),
      leave: (peer) => heard.push(`leave ${peer.endpoint.address}`),
      flush: () => heard.push('flush'),
    },
  }
}

test('one that comes late hears the members and one flush, then what everybody hears', () => {
  const fan = new Fan()
  const early = recording()
  fan.attach(early.stage)
  fan.join(first, 1)
  fan.join(second, 1)
  fan.flush()
  fan.leave(first)
  fan.flush()
  const late = recording()
  fan.attach(late.stage)
  expect(late.heard).toEqual(['join b 1', 'flush'])
  fan.alter(second, 1)
  fan.leave(second)
  fan.flush()
  expect(late.heard.slice(2)).toEqual(['alter b', 'leave b', 'flush'])
  expect(early.heard).toEqual([
    'flush',
    'join a 1',
    'join b 1',
    'flush',
    'leave a',
    'flush',
    'alter b',
    'leave b',
    'flush',
  ])
})

test('one that was detached hears nothing more, whoever else does', () => {
  const fan = new Fan()
  const gone = recording()
  const staying = recording()
  const detach = fan.attach(gone.stage)
  fan.attach(staying.stage)
  detach[Symbol.dispose]()
  fan.join(first, 1)
  expect(gone.heard).toEqual(['flush'])
  expect(staying.heard).toEqual(['flush', 'join a 1'])
})

test('members and open members are counted', () => {
  const fan = new Fan()
  fan.join(first, 1)
  fan.join(second, 1)
  second.standing = 'shut'
  expect([fan.size, fan.openSize]).toEqual([2, 1])
  second.standing = 'open'
  fan.leave(first)
  expect([fan.size, fan.openSize]).toEqual([1, 1])
})

test('one that detaches in the middle of a flush takes it from nobody, and one that attaches hears it once', () => {
  const fan = new Fan()
  const [leaving, staying, late] = [recording(), recording(), recording()]
  // As a call does that a flush lets pick: its transport closes one balancer and opens another.
  const detach = fan.attach({
    ...leaving.stage,
    flush() {
      if (fan.size === 0) return
      detach[Symbol.dispose]()
      detach[Symbol.dispose]()
      fan.attach(late.stage)
    },
  })
  fan.attach(staying.stage)
  fan.join(first, 1)
  fan.flush()
  expect(staying.heard).toEqual(['flush', 'join a 1', 'flush'])
  expect(late.heard).toEqual(['join a 1', 'flush'])
  fan.leave(first)
  expect([staying.heard.at(-1), late.heard.at(-1), leaving.heard]).toEqual(['leave a', 'leave a', ['join a 1']])
})
