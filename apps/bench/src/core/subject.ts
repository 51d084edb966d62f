/**
 * What is measured: a real upstream over a resolver in our hands, as a transport would hold it.
 */
import { setTimeout } from 'node:timers/promises'
import {
  answeredGood,
  type Balancer,
  type Chooser,
  leastRequest,
  type Pick,
  type Policy,
  parseTarget,
  peakEwma,
  random,
  roundRobin,
  type Upstream,
  upstreams,
  weightedRoundRobin,
} from '@evenkeel/core'
import { endpointsAt, type ManualResolver, manualResolver, plainCall } from '@evenkeel/core/testing'

/** Name of a policy measured. */
export type PolicyName = 'peakEwma' | 'leastRequest' | 'roundRobin' | 'weightedRoundRobin' | 'random'

/** The policies measured, by the name of the function that users call. The first is the default of the transports. */
export const policies: Readonly<Record<PolicyName, () => Policy>> = {
  peakEwma,
  leastRequest,
  roundRobin,
  weightedRoundRobin,
  random,
}

/** One upstream with its balancer. Dispose it. */
export interface Subject extends AsyncDisposable {
  readonly resolver: ManualResolver
  readonly upstream: Upstream
  readonly balancer: Balancer
  /** The chooser inside the balancer. */
  readonly chooser: Chooser
}

/**
 * Opens an upstream of `size` ready endpoints, with the default guards, the system's clock and the system's random numbers.
 * Weights are all 1 but for `weightedRoundRobin`, which would have nothing to do: there they run from 1 to 8.
 */
export function openSubject(name: PolicyName, size: number): Subject {
  const resolver = manualResolver()
  resolver.set(endpointsAt(size, (index) => (name === 'weightedRoundRobin' ? { weight: 1 + (index % 8) } : {})))
  const shared = upstreams({ resolver })
  const upstream = shared.of(parseTarget('service.bench:80'))
  const { policy, opened } = overheard(policies[name]())
  const balancer = upstream.balancer({ policies: [policy], narrowings: [] })
  const chooser = opened()
  return {
    resolver,
    upstream,
    balancer,
    chooser,
    async [Symbol.asyncDispose](): Promise<void> {
      await balancer[Symbol.asyncDispose]()
      await shared[Symbol.asyncDispose]()
    },
  }
}

/** As many picks are open at once as requests are in flight in the HTTP bench. */
export const inFlight = 32

/**
 * Whole picks, as attempts that go well make them: picked, started, answered, settled. Each step of a transport runs in a callback of its own,
 * so each has its own function here: in a single one the compiler would see all four together, which it never does in an application.
 *
 * @param count A multiple of `inFlight`.
 */
export function wholePicks(balancer: Balancer, count: number): void {
  for (let done = 0; done < count; done += inFlight) {
    pickAll(balancer)
    startAll()
    answerAll()
    settleAll()
  }
}

/**
 * Picks on every peer that take some milliseconds, as those of a service do. Loads then hold fractions of milliseconds as in an application: at the floor of
 * 1 ms costs are small whole numbers, which V8 keeps without a box, and a choice would look cheaper than it is.
 */
export async function answerSlowly(balancer: Balancer, peers: number): Promise<void> {
  const picks: Pick[] = []
  for (let done = 0; done < peers * 4; done++) {
    const answer = balancer.pick(plainCall)
    if (answer.kind === 'pick') picks.push(answer)
  }
  for (const pick of picks) pick.started()
  await setTimeout(7)
  for (const pick of picks) {
    pick.answered('good')
    pick.settle(answeredGood)
  }
}

/** One whole pick. */
export function onePick(balancer: Balancer): void {
  const answer = balancer.pick(plainCall)
  if (answer.kind !== 'pick') throw new Error(`nothing to pick: ${answer.kind}`)
  answer.started()
  answer.answered('good')
  answer.settle(answeredGood)
}

const open: Pick[] = []

function pickAll(balancer: Balancer): void {
  for (let index = 0; index < inFlight; index++) {
    const answer = balancer.pick(plainCall)
    if (answer.kind !== 'pick') throw new Error(`nothing to pick: ${answer.kind}`)
    open[index] = answer
  }
}

function startAll(): void {
  for (const pick of open) pick.started()
}

function answerAll(): void {
  for (const pick of open) pick.answered('good')
}

function settleAll(): void {
  for (const pick of open) pick.settle(answeredGood)
}

/** The same policy; what it opens can be looked at. Choosing goes to the chooser itself, so this costs nothing measured. */
function overheard(policy: Policy): { readonly policy: Policy; readonly opened: () => Chooser } {
  let chooser: Chooser | undefined
  return {
    policy: {
      name: policy.name,
      open: (kit) => {
        chooser = policy.open(kit)
        return chooser
      },
    },
    opened: () => chooser as Chooser,
  }
}
