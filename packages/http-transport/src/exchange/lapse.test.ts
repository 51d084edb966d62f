import { fakeClock } from '@evenkeel/core/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Lapse, type Lapsing } from './lapse.ts'

class Entry implements Lapsing {
  lapseAt = 0
  lapseOlder: Lapsing | undefined
  lapseNewer: Lapsing | undefined
  readonly #lapsed: () => void

  constructor(lapsed: () => void) {
    this.#lapsed = lapsed
  }

  lapsed(): void {
    this.#lapsed()
  }
}

describe('Lapse', () => {
  test('one timer serves all entries, each at its own time', () => {
    const clock = fakeClock()
    const lapse = new Lapse(clock, 100)
    const log: string[] = []
    for (const name of ['a', 'b', 'c']) {
      lapse.add(new Entry(() => log.push(`${name} ${clock.now()}`)), clock.now())
      clock.advance(10)
    }
    expect(clock.pending).toBe(1)
    clock.advance(1_000)
    expect(log).toEqual(['a 100', 'b 110', 'c 120'])
    expect(lapse.empty).toBe(true)
    expect(clock.pending).toBe(0)
  })

  test('an entry that leaves does not lapse', () => {
    const clock = fakeClock()
    const lapse = new Lapse(clock, 100)
    const log: string[] = []
    const entries = ['a', 'b', 'c'].map((name) => new Entry(() => log.push(name)))
    for (const entry of entries) lapse.add(entry, 0)
    lapse.remove(entries[1] as Entry)
    clock.advance(100)
    expect(log).toEqual(['a', 'c'])
  })

  test('an entry may join again while it lapses', () => {
    const clock = fakeClock()
    const lapse = new Lapse(clock, 100)
    const times: number[] = []
    const entry = new Entry(() => {
      times.push(clock.now())
      if (times.length < 3) lapse.add(entry, clock.now())
    })
    lapse.add(entry, 0)
    clock.advance(1_000)
    expect(times).toEqual([100, 200, 300])
  })

  test('an entry that lapses may take the next one out', () => {
    const clock = fakeClock()
    const lapse = new Lapse(clock, 100)
    const log: string[] = []
    const second = new Entry(() => log.push('second'))
    lapse.add(
      new Entry(() => {
        log.push('first')
        lapse.remove(second)
      }),
      0,
    )
    lapse.add(second, 0)
    clock.advance(1_000)
    expect(log).toEqual(['first'])
  })

  test('leaves no timer once it was disposed and nobody is in it any more', () => {
    const clock = fakeClock()
    const lapse = new Lapse(clock, 100)
    const [before, after] = [new Entry(() => {}), new Entry(() => {})]
    lapse.add(before, 0)
    lapse[Symbol.dispose]()
    lapse.remove(before)
    expect(clock.pending).toBe(0)
    lapse.add(after, 0)
    expect(clock.pending).toBe(1)
    lapse.remove(after)
    expect(clock.pending).toBe(0)
  })

  test('every entry lapses exactly at its time or not at all, whatever joins and leaves', () => {
    const step = fc.record({ waitMs: fc.nat(150), leaves: fc.option(fc.nat(10), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const clock = fakeClock()
        const lapse = new Lapse(clock, 100)
        const alive = new Map<Entry, number>()
        for (const { waitMs, leaves } of steps) {
          const due = clock.now() + 100
          const entry = new Entry(() => {
            expect(alive.delete(entry)).toBe(true)
            expect(clock.now()).toBe(due)
          })
          lapse.add(entry, clock.now())
          alive.set(entry, due)
          clock.advance(waitMs)
          const leaving = leaves === undefined ? undefined : [...alive.keys()][leaves]
          if (leaving !== undefined) {
            lapse.remove(leaving)
            alive.delete(leaving)
          }
          for (const at of alive.values()) expect(at).toBeGreaterThan(clock.now())
        }
        clock.advance(1_000)
        expect(alive.size).toBe(0)
        expect(lapse.empty).toBe(true)
      }),
    )
  })
})
