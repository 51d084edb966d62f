/**
 * Plays about the frame of a watch: its claim, its first set and its end.
 */
import { type Endpoint, parseTarget, systemClock } from '@evenkeel/core'
import { endpointsAt, fakeClock } from '@evenkeel/core/testing'
import { holds } from '../law.ts'
import type { MadeResolver, ResolverSubject } from '../resolver-laws.ts'
import { SetFollower } from './set-follower.ts'

const some: readonly Endpoint[] = endpointsAt(3)
const others: readonly Endpoint[] = endpointsAt(5)

/** @throws Breach */
export function checkClaims({ resolver, target, unclaimed }: MadeResolver): void {
  holds(1, resolver.claims(target) === true, () => 'the target that it answers for is not claimed')
  if (unclaimed !== undefined)
    holds(1, resolver.claims(unclaimed) === false, () => 'a target that it does not answer for is claimed')
  // An agent asks about every name that looks like a Service.
  const odd = resolver.claims(parseTarget('no-such-service.no-such-namespace'))
  holds(1, typeof odd === 'boolean', () => `claims gives ${typeof odd}`)
}

/** @throws Breach */
export async function checkFirstSet<Made extends MadeResolver>(subject: ResolverSubject<Made>): Promise<void> {
  const made = subject.make(fakeClock())
  const follower = new SetFollower()
  const watch = made.resolver.watch(made.target, follower.observe)
  watch.refresh()
  await subject.control?.answer?.(made, some)
  await turn()
  follower.check()
  holds(1, follower.heard > 0, () => 'nothing is heard after a complete answer')
  holds(1, follower.last?.status === 'ok', () => `the status is ${follower.last?.status}, not ok`)
  holds(1, watch.completeAnswers > 0, () => `completeAnswers is ${watch.completeAnswers} after a complete answer`)
  holds(1, typeof watch.seenAt === 'number' && !Number.isNaN(watch.seenAt), () => `seenAt is ${watch.seenAt}`)
  await watch[Symbol.asyncDispose]()
}

/** Law 11. @throws Breach */
export async function checkDispose<Made extends MadeResolver>(subject: ResolverSubject<Made>): Promise<void> {
  const { control } = subject
  const clock = fakeClock()
  const made = subject.make(clock)
  const before = [clock.pending, control?.open?.(made) ?? 0] as const
  const follower = new SetFollower()
  const watch = made.resolver.watch(made.target, follower.observe)
  await control?.answer?.(made, some)
  await control?.fail?.(made, new Error('the source is away'))
  await turn()
  await watch[Symbol.asyncDispose]()
  const after = [clock.pending, control?.open?.(made) ?? 0] as const
  holds(
    11,
    after.join() === before.join(),
    () => `timers and open things: ${after.join(', ')}, before: ${before.join(', ')}`,
  )
  const { heard } = follower
  await control?.answer?.(made, others)
  clock.advance(600_000)
  await turn()
  holds(11, follower.heard === heard, () => `${follower.heard - heard} sets are heard after dispose`)
  // Neither may throw on what is over.
  watch.refresh()
  await watch[Symbol.asyncDispose]()
}

/** @throws Breach */
export async function checkTwoWatches<Made extends MadeResolver>(subject: ResolverSubject<Made>): Promise<void> {
  const { control } = subject
  const made = subject.make(fakeClock())
  const one = new SetFollower()
  const two = new SetFollower()
  const first = made.resolver.watch(made.target, one.observe)
  await control?.answer?.(made, some)
  const second = made.resolver.watch(made.target, two.observe)
  await turn()
  holds(1, two.locators.join() === one.locators.join(), () => 'a later watch does not begin with what is known')
  await first[Symbol.asyncDispose]()
  await control?.answer?.(made, others)
  await turn()
  two.check()
  holds(1, two.locators.length === others.length, () => 'a watch is disturbed by the end of another')
  await second[Symbol.asyncDispose]()
}

/** One turn of the event loop: what a resolver does asynchronously without waiting for anything has happened. */
function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.afterPoll(resolve))
}
