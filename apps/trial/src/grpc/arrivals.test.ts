import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readArrivals, startArrivals } from './arrivals.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arrivals-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test('arrivals of all pods are in order, in times of whoever reads, and only writes tell which call they are', () => {
  const before = performance.now()
  const [one, other] = [startArrivals(folder, 'a', '10.0.0.1'), startArrivals(folder, 'b', '10.0.0.2')]
  one({ client: 'ours', call: 1, beganMs: 1, method: 'write' })
  other({ client: 'cluster-ip', call: 1, beganMs: 1, method: 'read' })
  one({ client: 'ours', call: 2, beganMs: 1, method: 'follow' })
  const read = readArrivals(folder)
  expect(read.map(({ client, address, call }) => [client, address, call])).toEqual([
    ['ours', '10.0.0.1', '1'],
    ['cluster-ip', '10.0.0.2', undefined],
    ['ours', '10.0.0.1', undefined],
  ])
  for (const { at } of read) {
    // Clocks are read one after the other, in microseconds.
    expect(at).toBeGreaterThan(before - 1)
    expect(at).toBeLessThan(performance.now() + 1)
  }
})

test('a pod that starts again goes on with its file, and half a line of one that was killed is none', () => {
  startArrivals(folder, 'a', '10.0.0.1')({ client: 'ours', call: 1, beganMs: 1, method: 'write' })
  appendFileSync(join(folder, 'a@10.0.0.1'), '12.5 11.5 ours wri\n')
  startArrivals(folder, 'a', '10.0.0.1')({ client: 'ours', call: 2, beganMs: 1, method: 'write' })
  expect(readArrivals(folder).map(({ call }) => call)).toEqual(['1', '2'])
})
