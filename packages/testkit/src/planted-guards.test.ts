/**
 * Each law for guards can fail: the guard of core that shuts after failures, with one planted fault.
 */
import { consecutiveFailures, type Guard, type GuardFactory, type Kit, type Peer, type Votes } from '@evenkeel/core'
import { expect, test } from 'vitest'
import { guardLaws } from './guard-laws.ts'

async function redLaws(makeGuard: () => GuardFactory): Promise<readonly string[]> {
  const red: string[] = []
  for (const law of guardLaws(makeGuard, { histories: 300 })) {
    try {
      await law.check()
    } catch (error) {
      red.push(String(error))
    }
  }
  return red
}

interface Tools {
  readonly kit: Kit
  readonly votes: Votes
  say(peer: Peer, standing: 'open' | 'shut' | 'leaving'): void
}

/** A guard made of what is given. */
function made(speaks: Guard['speaks'], methods: (tools: Tools) => Partial<Guard>): () => GuardFactory {
  return () => (kit, votes) => {
    const guard: Guard = {
      name: 'planted',
      speaks,
      [Symbol.dispose]: () => {},
      ...methods({ kit, votes, say: (peer, standing) => votes.say(guard, peer, standing) }),
    }
    return guard
  }
}

const faults: readonly (readonly [string, () => GuardFactory, RegExp])[] = [
  ['never speaks', made('opinion', () => ({})), /law 8: nothing is said of a peer/],
  [
    'calls its opinion a fact',
    made('opinion', ({ say }) => ({ failed: (peer) => say(peer, 'leaving') })),
    /law 8: a guard that speaks opinions says leaving/,
  ],
  [
    'shuts for ever',
    made('opinion', ({ say }) => ({ failed: (peer) => say(peer, 'shut') })),
    /law 8: .* stays shut \(planted\) for ever|law 8: planted still speaks against a peer that is well/,
  ],
  [
    'blames the caller’s own doing',
    made('opinion', ({ say }) => ({ settled: (peer, { fault }) => fault === 'caller' && say(peer, 'shut') })),
    /law 10: .* after .*caller/,
  ],
  [
    'opens what it has never shut at the address',
    made('opinion', ({ kit, votes, say }) => ({
      failed: (peer) => {
        say(peer, 'shut')
        const { locator } = peer.endpoint
        held.set(locator, kit)
        kit.clock.after(1_000, () => votes.owe(peer))
      },
      reset: (peer) => (held.get(peer.endpoint.locator) === kit ? say(peer, 'shut') : undefined),
    })),
    /law 4: a new identity starts with planted against it/,
  ],
  [
    'leaves its timers when a peer leaves',
    made('opinion', ({ kit, say }) => ({
      failed: (peer) => {
        say(peer, 'shut')
        kit.clock.after(1_000, () => say(peer, 'open'))
      },
    })),
    /law 11: \d+ timers are left of a peer that is gone/,
  ],
  [
    'keeps peers for ever',
    made('opinion', () => {
      const all: Peer[] = []
      return { settled: (peer) => void all.push(peer) }
    }),
    /law 12: \d+ of 200 peers that are gone are still held/,
  ],
  [
    'draws its jitter from Math.random',
    made('opinion', ({ kit, votes, say }) => ({
      failed: (peer) => {
        say(peer, 'shut')
        // biome-ignore lint/plugin: the planted fault
        kit.clock.after(Math.random() * 1_000, () => votes.owe(peer))
      },
      reset: (peer) => say(peer, 'open'),
    })),
    /law 5: Math\.random is used/,
  ],
  [
    'throws',
    made('opinion', () => ({
      failed: () => {
        throw new Error('no')
      },
    })),
    /law 1: something throws: Error: no/,
  ],
]

const held = new Map<string, Kit>()

test.each(faults)('a guard that %s breaks a law', async (_, makeGuard, expected) => {
  expect(await redLaws(makeGuard)).toContainEqual(expect.stringMatching(expected))
})

test('the guard that these imitate keeps every law', async () => {
  expect(await redLaws(() => consecutiveFailures())).toEqual([])
})
