/**
 * `npm run demo`: real servers restarted, slowed, frozen and killed under load, our client and undici's BalancedPool beside each other.
 */
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { type Arguments, readArguments } from './arguments.ts'
import { playDemo } from './demo.ts'
import { requestsPerSecond } from './load.ts'
import { planStory } from './story.ts'
import { summarise } from './summary.ts'
import { LiveTable } from './table.ts'

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort(signal))

try {
  await run(readArguments(process.argv.slice(2)))
} catch (error) {
  if (!stopped.signal.aborted) throw error
  process.stderr.write('stopped; all processes of the demo have ended\n')
  process.exitCode = 130
}

async function run({ json, seconds }: Arguments): Promise<void> {
  const environment = currentEnvironment()
  const plan = planStory(seconds)
  // A machine reads standard output; people look at the other one meanwhile.
  const table = new LiveTable(json ? process.stderr : process.stdout)
  if (plan.leftOut.length > 0) process.stderr.write(`left out for lack of time: ${plan.leftOut.join(', ')}\n`)
  const outcome = await playDemo(plan, table.look, stopped.signal)
  const { checks, scenes, total, postedTwice } = outcome
  if (json) {
    printResult({
      checks,
      environment,
      figures: { seconds, requestsPerSecond, leftOut: plan.leftOut, scenes, total, postedTwice },
    })
    return
  }
  process.stdout.write(summarise(outcome, plan.leftOut))
  if (!isOk(outcome)) process.exitCode = 1
}
