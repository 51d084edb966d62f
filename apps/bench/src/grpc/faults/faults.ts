/**
 * What callers get while one server of eight is bad in one of five ways: ours and the policies of grpc-js, in interleaved rounds. Each variant meets its
 * five faults at the same time, with servers and a client of its own for each: they are idle most of the time.
 */
import { runChild } from '../../child.ts'
import type { Findings } from '../../findings.ts'
import { measureInRounds } from '../../rounds.ts'
import type { BackendTask } from '../backend.ts'
import { withBackends } from '../fleet.ts'
import { chosenVariants, type VariantName } from '../variants.ts'
import type { FaultTask } from './client.ts'
import { type FaultName, judgeFaults, type VariantRound } from './judge.ts'
import type { FaultRound } from './summary.ts'

/** What is compared, ours first. */
export const faultVariants: readonly VariantName[] = [
  'balanced-channel',
  'pick-first',
  'round-robin',
  'weighted-round-robin',
  'outlier-detection',
]

/** How a server becomes bad: by a signal, which the kernel obeys or the server itself. */
const faults: Readonly<Record<FaultName, Pick<FaultTask, 'signal'> & Pick<BackendTask, 'fault'>>> = {
  dead: { signal: 'SIGKILL' },
  'black hole': { signal: 'SIGUSR2', fault: 'silent' },
  'UNAVAILABLE at once': { signal: 'SIGUSR2', fault: 'unavailable' },
  frozen: { signal: 'SIGSTOP' },
  'ten times slower': { signal: 'SIGUSR2', fault: 'slow' },
}

const goodServers = 7
// One call under way on average, a second of patience: what is seen is the choice, and no queue.
const load = { perSecond: 150, deadlineMs: 1_000 }
// Connected and compiled before the server goes bad; from then on everything counts: the seconds until somebody notices, and those after.
const times = { warmUpMs: 2_500, windowMs: 7_500 }
const serverTask: BackendTask = { hosts: ['127.0.0.1'], delayMs: 5, message: 'good', arrivals: 'kept' }
const badMessage = 'bad'

/** Measures every variant under every fault. */
export async function measureFaults(
  { rounds, variants: wanted }: { readonly rounds: number; readonly variants: readonly string[] },
  signal: AbortSignal,
): Promise<Findings> {
  const chosen = chosenVariants(wanted, faultVariants)
  const trials = new Map<VariantName, number>()
  const found = await measureInRounds<VariantName, VariantRound>({
    subjects: chosen,
    rounds,
    measure: (variant) => {
      // Another schedule in each round, the same one for all of its variants.
      const seed = (trials.get(variant) ?? 0) + 1
      trials.set(variant, seed)
      return measureVariant({ variant, seed }, signal)
    },
    signal,
  })
  return judgeFaults(found, chosen, { servers: goodServers + 1, delayMs: serverTask.delayMs, ...load, ...times })
}

async function measureVariant(
  subject: { readonly variant: VariantName; readonly seed: number },
  signal: AbortSignal,
): Promise<VariantRound> {
  const names = Object.keys(faults) as FaultName[]
  const measured = await Promise.all(
    names.map(async (name) => [name, await measureFault({ ...subject, name }, signal)] as const),
  )
  return Object.fromEntries(measured) as VariantRound
}

/** Servers that stay good share a process; the one that goes bad has its own, which a signal can meet. */
function measureFault(
  { variant, seed, name }: { readonly variant: VariantName; readonly seed: number; readonly name: FaultName },
  signal: AbortSignal,
): Promise<FaultRound> {
  const { signal: breaking, ...fault } = faults[name]
  const module = new URL('client.ts', import.meta.url)
  const goodTask = { ...serverTask, hosts: Array.from({ length: goodServers }, () => '127.0.0.1') }
  const badTask = { ...serverTask, message: badMessage, ...fault }
  return withBackends({ tasks: [badTask, goodTask], signal }, async ([bad, ...good]) => {
    if (bad === undefined) throw new Error('there is no server to go bad')
    const task: FaultTask = { variant, bad, good, signal: breaking, badMessage, seed, ...load, ...times }
    return runChild<FaultRound>({ module, task, signal })
  })
}
