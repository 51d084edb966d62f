/**
 * `npm run demo`: real servers restarted, slowed, frozen and killed under load, our client and undici's BalancedPool beside each other.
 */
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { type Arguments, readArguments } from './arguments.ts'
import { attemptMs } from './clients/client.ts'
import { requestsPerSecond } from './clients/load.ts'
import { playDemo } from './demo.ts'
import { newsMs } from './fleet/fleet.ts'
import { LiveTable } from './showing/live-table.ts'
import { summary } from './showing/summary.ts'
import { planStory } from './story.ts'

// What a shell reports of a program that Ctrl-C ended.
const interruptedCode = 130
const stopped = new AbortController()
// For good, so that an impatient second Ctrl-C does not end us before our children have gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(signal))
// A reader that goes away, such as `head`, ends the run too.
process.stdout.on('error', (error) => stopped.abort(error))

try {
  await run(readArguments(process.argv.slice(2)))
} catch (error) {
  process.exitCode = stopped.signal.aborted ? interruptedCode : 2
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(stopped.signal.aborted ? 'stopped; all processes of the demo have ended\n' : `${text}\n`)
}

async function run({ json, seconds, seed }: Arguments): Promise<void> {
  const environment = currentEnvironment()
  const plan = planStory(seconds)
  // A machine reads standard output; people look at the other one meanwhile.
  const out = json ? process.stderr : process.stdout
  if (plan.leftOut.length > 0) process.stderr.write(`left out for lack of time: ${plan.leftOut.join(', ')}\n`)
  const { look } = new LiveTable(out, plan)
  const outcome = await playDemo({ plan, seed, look, signal: stopped.signal })
  if (json) {
    const { checks, ...figures } = outcome
    const settings = { seconds, seed, requestsPerSecond, attemptMs, newsMs, leftOut: plan.leftOut }
    printResult({ checks, environment, figures: { ...settings, ...figures } })
    return
  }
  process.stdout.write(summary(outcome, plan.leftOut))
  if (!isOk(outcome)) process.exitCode = 1
}
