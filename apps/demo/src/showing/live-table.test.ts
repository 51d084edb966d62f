import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import type { PeerInspection } from '@evenkeel/core'
import { describe, expect, test } from 'vitest'
import type { Now } from '../demo.ts'
import type { Pod } from '../fleet/fleet.ts'
import { perClient } from '../messages.ts'
import { Recording } from '../recording/recording.ts'
import { planStory } from '../story.ts'
import { LiveTable } from './live-table.ts'
import { picture } from './picture.ts'

const names = ['rolling-restart', 'slow-pod', 'killed-pod']

function now(states: readonly string[], peer: Partial<PeerInspection> = {}): Now {
  const recordings = perClient(() => new Recording())
  const at = Date.now()
  const attempts = states.flatMap((_, index) => [{ at, port: 20_000 + index }])
  const endings = [
    { at, port: 20_000, ms: 20, failed: false },
    { at, port: 20_000, ms: 0, failed: true },
  ]
  const peers = states.map((_, index): PeerInspection => {
    const locator = `127.0.0.1:${20_000 + index}`
    const well = { uid: 'pod', condition: 'ready', standing: 'open', why: [], inFlight: 2, silentMs: 0 } as const
    return { locator, ...well, trial: false, loads: {}, shares: [], ...peer }
  })
  const inspection = {
    target: '',
    status: 'ok',
    seenMsAgo: 0,
    error: undefined,
    peers,
    waiting: 0,
    budgetLeft: 0,
  } as const
  for (const recording of Object.values(recordings)) {
    recording.add({ requests: [], attempts, endings, underWay: 0, repeated: 0, inspection }, at)
  }
  const pods = states.map((state, index) => ({ port: 20_000 + index, state }) as Pod)
  const fleet = { pods } as Now['fleet']
  return { scene: 'slow-pod', says: 'one is slow', done: ['rolling-restart'], seconds: 21.4, fleet, recordings }
}

function draw(moment: Now): readonly string[] {
  return picture(moment, 90, names).map(({ text }) => text)
}

describe('picture', () => {
  test('it tells the time, the scene and how far the story is', () => {
    expect(draw(now(['well']))).toContain('21 s of 90   slow-pod: one is slow')
    expect(draw(now(['well']))).toContain('rolling-restart ✓  [slow-pod]  killed-pod')
  })

  test('an endpoint stands with its share, times and errors of both clients', () => {
    const line = draw(now(['slow', 'well'])).find((text) => text.startsWith('20000'))
    expect(line?.split(/ {2,}| (?=slow|open|2$)/)).toEqual([
      '20000',
      'slow',
      'open',
      '2',
      '50.0 %',
      '20',
      '20',
      '1',
      '50.0 %',
      '20',
      '1',
    ])
  })

  test('a standing says why, and the longest fits', () => {
    const text = (peer: Partial<PeerInspection>) => draw(now(['well'], peer)).join('\n')
    expect(text({ standing: 'shut', why: ['consecutive-failures'] })).toContain('shut, consecutive-failures ')
    expect(text({ silentMs: 1_100 })).toContain('open, silent 1.1 s')
    expect(text({ condition: 'serving-terminating', standing: 'leaving' })).toContain('leaving, terminating')
    expect(text({ locator: 'elsewhere:1' })).toContain('not known')
  })

  test('no line is wider than 100 columns', () => {
    const peer: Partial<PeerInspection> = {
      standing: 'shut',
      why: ['consecutive-failures', 'retry-after'],
      silentMs: 1_234_567,
    }
    for (const line of draw(now(['starting', 'draining'], peer))) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('live table', () => {
  function shown(terminal: object, ...moments: readonly Now[]): string {
    const out = Object.assign(new PassThrough(), terminal)
    const { look } = new LiveTable(out as unknown as NodeJS.WriteStream, planStory(90))
    for (const moment of moments) look(moment)
    return String(out.read())
  }

  test('without a terminal it writes a line per scene', () => {
    const moment = now(['well'])
    expect(shown({ isTTY: false }, moment, moment, { ...moment, scene: 'pause', says: 'all is well' })).toBe(
      ' 21 s  slow-pod: one is slow (lost so far: evenkeel 0, BalancedPool 0)\n' +
        ' 21 s  pause: all is well (lost so far: evenkeel 0, BalancedPool 0)\n',
    )
  })

  test('in a terminal it goes back over exactly the lines that it wrote', () => {
    const [first, second] = [now(['well']), now(['well', 'well', 'well'])]
    const text = shown({ isTTY: true, rows: 50, columns: 120 }, first, second, second)
    const ups = text.split('\u001b[').flatMap((sequence) => /^(\d+)A/.exec(sequence)?.[1] ?? [])
    expect(ups.map(Number)).toEqual([draw(first).length, draw(second).length])
  })

  test('a small terminal gets what fits, so that nothing wraps or scrolls', () => {
    const text = shown({ isTTY: true, rows: 6, columns: 30 }, now(['well', 'well', 'well']))
    const lines = text.split('\n').slice(0, -1)
    expect(lines.length).toBe(5)
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThan(30)
  })
})
