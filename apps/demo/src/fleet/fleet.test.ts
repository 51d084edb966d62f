import type { ChildProcess } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import type { EndpointNews } from '../messages.ts'
import { Children } from './children.ts'
import { Fleet } from './fleet.ts'

// Processes start, perhaps beside other tests; a drain takes a second.
const slow = { timeout: 60_000 }
const children = new Set<Children>()
afterEach(async () => {
  await Promise.all([...children].map((some) => some.killAll()))
  children.clear()
})

function newChildren(): Children {
  const some = new Children()
  children.add(some)
  return some
}

describe('fleet', () => {
  test('a pod that is replaced terminates, goes, and comes back at its address with another UID', slow, async () => {
    const told: (readonly EndpointNews[])[] = []
    let last = (): void => {}
    const comeBack = new Promise<void>((resolve) => {
      last = resolve
    })
    const fleet = new Fleet(
      newChildren(),
      (endpoints) => {
        told.push(endpoints)
        if (endpoints[0]?.uid === 'pod-2') last()
      },
      () => {},
    )
    const pod = await fleet.add()
    const { port } = pod
    await fleet.replace(pod)
    expect(told.at(-1)?.[0]?.uid, 'news is late').not.toBe('pod-2')
    await comeBack
    expect(told).toEqual([
      [{ port, uid: 'pod-1', terminating: false }],
      [{ port, uid: 'pod-1', terminating: true }],
      [],
      [{ port, uid: 'pod-2', terminating: false }],
    ])
    fleet.stop()
  })

  test('servers tell of every POST, and behave as told', slow, async () => {
    const ids: string[] = []
    const fleet = new Fleet(
      newChildren(),
      () => {},
      (id) => ids.push(id),
    )
    const pod = await fleet.add()
    const url = `http://127.0.0.1:${pod.port}/`
    expect((await fetch(url, { method: 'POST', headers: { 'x-request-id': 'a/1' } })).status).toBe(200)
    fleet.behave(pod, 'failing')
    const mode = new Promise((resolve) => pod.process.once('message', resolve))
    expect((await fetch(url, { method: 'POST', headers: { 'x-request-id': 'a/2' } })).status).toBe(503)
    await mode
    expect(ids).toEqual(['a/1', 'a/2'])
    fleet.stop()
  })
})

describe('children', () => {
  test('all are gone after killAll, a frozen one too, and none can be started', slow, async () => {
    const some = newChildren()
    const servers = [0, 1].map(() => some.start('fleet/server.ts', '0'))
    await Promise.all(servers.map((server) => new Promise((resolve) => server.once('message', resolve))))
    servers[0]?.kill('SIGSTOP')
    await some.killAll()
    expect(some.size).toBe(0)
    expect(servers.map(isAlive)).toEqual([false, false])
    expect(() => some.start('fleet/server.ts', '0')).toThrow('the demo has ended')
  })
})

function isAlive({ pid }: ChildProcess): boolean {
  try {
    return process.kill(pid as number, 0)
  } catch {
    return false
  }
}
