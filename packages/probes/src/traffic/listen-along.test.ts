import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { listenAlong } from './listen-along.ts'

const ours = (): void => undefined
const theirs = (): void => undefined

test('is not there before the application listens, then comes first, and goes with the last of its listeners', () => {
  const emitter = new EventEmitter()
  listenAlong(emitter, 'upgrade', ours)
  expect(emitter.listeners('upgrade')).toEqual([])
  emitter.on('upgrade', theirs)
  emitter.on('upgrade', theirs)
  expect(emitter.listeners('upgrade')).toEqual([ours, theirs, theirs])
  emitter.off('upgrade', theirs)
  expect(emitter.listeners('upgrade')).toEqual([ours, theirs])
  emitter.off('upgrade', theirs)
  expect(emitter.listeners('upgrade')).toEqual([])
})

test('comes first where the application listens already', () => {
  const emitter = new EventEmitter().on('upgrade', theirs)
  listenAlong(emitter, 'upgrade', ours)
  expect(emitter.listeners('upgrade')).toEqual([ours, theirs])
})

test('goes with the only listener of a once', () => {
  const emitter = new EventEmitter()
  listenAlong(emitter, 'upgrade', ours)
  emitter.once('upgrade', theirs)
  emitter.emit('upgrade')
  expect(emitter.listeners('upgrade')).toEqual([])
})

test('leaves nothing behind', () => {
  const emitter = new EventEmitter()
  const along = listenAlong(emitter, 'upgrade', ours)
  emitter.on('upgrade', theirs)
  along[Symbol.dispose]()
  expect(emitter.eventNames().map((name) => emitter.listeners(name))).toEqual([[theirs]])
})
