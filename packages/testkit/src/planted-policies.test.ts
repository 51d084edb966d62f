/**
 * Each law for policies can fail: a policy with one planted fault, and the laws that turn red for it.
 */
import {
  type Call,
  type Chooser,
  type Kit,
  leastRequest,
  type Peer,
  type Policy,
  peakEwma,
  powerOfTwoChooser,
  roundRobin,
} from '@evenkeel/core'
import { expect, test } from 'vitest'
import { type PolicyLawOptions, policyLaws } from './policy-laws.ts'

/** Round robin with a few of its methods exchanged. */
function planted(name: string, change: (right: Chooser, kit: Kit) => Partial<Chooser>): () => Policy {
  return () => ({
    name,
    open: (kit) => {
      const right = roundRobin().open(kit)
      const faulty: Chooser = {
        join: (peer, share) => right.join(peer, share),
        alter: (peer, share) => right.alter(peer, share),
        leave: (peer) => right.leave(peer),
        flush: () => right.flush(),
        choose: (call, moment) => right.choose(call, moment),
        ...change(right, kit),
      }
      return faulty
    },
  })
}

async function redLaws(makePolicy: () => Policy, options: PolicyLawOptions = {}): Promise<readonly string[]> {
  const red: string[] = []
  for (const law of policyLaws(makePolicy, { histories: 300, ...options })) {
    try {
      await law.check()
    } catch (error) {
      red.push(String(error))
    }
  }
  return red
}

/** A policy that keeps its own list, with all the freedom to get it wrong. */
function listing(name: string, choose: (all: readonly Peer[], call: Call, kit: Kit) => Peer | undefined): () => Policy {
  return planted(name, (_, kit) => {
    const all: Peer[] = []
    return {
      join: (peer) => void all.push(peer),
      leave: (peer) => void all.splice(all.indexOf(peer), 1),
      choose: (call) => choose(all, call, kit),
    }
  })
}

const hasRoom = (peer: Peer, call: Call) => !peer.full && !call.tried.includes(peer)

const faults: readonly (readonly [string, () => Policy, RegExp])[] = [
  [
    'picks a peer that was removed',
    planted('forgets leaves', (right) => ({ leave: (peer) => void (peer.endpoint.weight > 1 || right.leave(peer)) })),
    /law 1: .* is not in the current set/,
  ],
  [
    'throws when it has nobody',
    listing('throws', (all, call) => {
      if (all.length === 0) throw new Error('nobody')
      return all.find((peer) => hasRoom(peer, call))
    }),
    /law 1: pick throws Error: nobody/,
  ],
  ['gives full peers', listing('overfills', (all) => all[0]), /law 8: .* is picked though it is full/],
  [
    'gives tried peers',
    listing('repeats', (all, _, kit) => {
      const room = all.filter((peer) => !peer.full)
      return room[kit.random.below(Math.max(1, room.length))]
    }),
    /law 6: .* was tried and is picked again/,
  ],
  [
    'gives a shut peer',
    planted('forgets what is shut', (right) => ({
      leave: (peer) => {
        if (peer.standing !== 'shut') right.leave(peer)
      },
    })),
    /law 8: .* is (shut|leaving) and is picked, without a trial/,
  ],
  [
    'draws from Math.random',
    listing('chancy', (all, call) => {
      const room = all.filter((peer) => hasRoom(peer, call))
      // biome-ignore lint/plugin: the planted fault
      return room[Math.floor(Math.random() * room.length)]
    }),
    /law 5: the same seed gives other picks/,
  ],
  [
    'draws from Math.random without need',
    planted('fidgets', (right) => ({
      choose: (call, moment) => {
        // biome-ignore lint/plugin: the planted fault
        Math.random()
        return right.choose(call, moment)
      },
    })),
    /law 5: Math\.random is used/,
  ],
  [
    'reads the real clock',
    planted('looks at the wall', (right) => ({
      choose: (call, moment) => (Date.now() > 0 ? right.choose(call, moment) : undefined),
    })),
    /law 5: Date\.now is used/,
  ],
  [
    'keeps peers for ever',
    planted('hoards', () => {
      const seen = new Set<Peer>()
      return { picked: (peer) => void seen.add(peer) }
    }),
    /law 12: \d+ of 200 peers that are gone are still held/,
  ],
  [
    'leaves a timer behind',
    planted('ticks', (_, kit) => ({ flush: () => void kit.clock.after(1_000_000, () => {}) })),
    /law 11: \d+ timers are left after close/,
  ],
  [
    'holds a grudge against an address',
    listing('grudging', (all, call) => {
      const room = all.filter((peer) => hasRoom(peer, call))
      return room.find((peer) => peer.endpoint.uid !== 'after') ?? room[0]
    }),
    /law 4: a new identity at the address of a bad peer gets none/,
  ],
  [
    'prefers the first',
    listing('biased', (all, call) => all.find((peer) => hasRoom(peer, call))),
    /law 9: the busiest peer gets .* times/,
  ],
]

test.each(faults)('a policy that %s breaks a law', async (_, makePolicy, expected) => {
  expect(await redLaws(makePolicy)).toContainEqual(expect.stringMatching(expected))
})

test('a load that times failures as fast answers breaks law 9', async () => {
  const lovesFailures = (): Policy => ({
    name: 'loves failures',
    open: (kit) => {
      const latency = new Map<Peer, number>()
      return powerOfTwoChooser(kit, {
        name: 'fast',
        cost: (peer) => (latency.get(peer) ?? 1) * (peer.inFlight + 1),
        left: (peer) => void latency.delete(peer),
        settled: (peer, _outcome, { ageMs }) => void latency.set(peer, ageMs),
      })
    },
  })
  const red = await redLaws(lovesFailures, { heedsFailures: true })
  expect(red).toContainEqual(expect.stringMatching(/law 9: a peer that fails at once gets/))
})

test('a load that is not reset for a new identity breaks law 4', async () => {
  const keepsColumns = (): Policy => ({
    name: 'keeps columns',
    open: (kit) => {
      const failures: number[] = []
      const load = kit.load('failures', () => ({
        name: 'failures',
        cost: (peer: Peer) => (failures[peer.row] ?? 0) + 1,
        failed: (peer: Peer) => {
          failures[peer.row] = (failures[peer.row] ?? 0) + 1
        },
      }))
      return powerOfTwoChooser(kit, load)
    },
  })
  expect(await redLaws(keepsColumns)).toContainEqual(
    expect.stringMatching(/law 4: a new identity at a known address does not start like a newcomer/),
  )
})

test('least request without guards breaks law 9: what fails at once looks idle', async () => {
  const red = await redLaws(() => leastRequest(), { heedsFailures: true })
  expect(red).toContainEqual(expect.stringMatching(/law 9: a peer that fails at once gets/))
})

test('a policy that is said to honour weights and does not breaks the law of weights', async () => {
  const red = await redLaws(() => roundRobin(), { honoursWeights: true })
  expect(red).toContainEqual(expect.stringMatching(/law 9: the busiest peer gets .* weights 1 1 2 2 3 4 5 5/))
})

test('a breach tells how to replay it, and the replay finds it again', async () => {
  const overfills = faults.find(([fault]) => fault === 'gives full peers')?.[1] as () => Policy
  const laws = (options: PolicyLawOptions) =>
    policyLaws(overfills, options).find(({ name }) => name.includes('a full one'))
  const first = await Promise.resolve(laws({ histories: 100, seed: 7 })?.check()).catch(String)
  const [, seed] = /replay with \{ seed: (\d+), histories: 1 \}/.exec(first as string) ?? []
  expect(first).toMatch(/in history \d+ of seed 7, step \d+;/)
  const second = await Promise.resolve(laws({ histories: 1, seed: Number(seed) })?.check()).catch(String)
  expect((second as string).split('\n')[0]).toBe((first as string).split('\n')[0])
})

test('the default policy keeps every law that these break', async () => {
  expect(await redLaws(() => peakEwma(), { honoursWeights: true, heedsFailures: true })).toEqual([])
})
