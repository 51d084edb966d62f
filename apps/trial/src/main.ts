/**
 * `npm run trial`: our client on a real Kubernetes, under load, while things happen to the cluster. It runs inside the network of
 * `npm run cluster -- --bare`.
 */
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { runStoppable } from '@evenkeel/tooling/stoppable'
import { actsOf } from './acts.ts'
import { readArguments } from './arguments.ts'
import { evaluate } from './evaluate.ts'
import { summary } from './summary.ts'
import { playTrial } from './trial.ts'

await runStoppable((signal) => run(process.argv.slice(2), signal), 2)

async function run(parameters: readonly string[], signal: AbortSignal): Promise<void> {
  const { protocol, json, seed, scenes, rollouts, outageSeconds } = readArguments(parameters)
  const environment = currentEnvironment()
  const startedAt = performance.now()
  const elapsed = (): string => `${Math.round((performance.now() - startedAt) / 1_000)} s`.padStart(6)
  const outcome = evaluate(
    await playTrial({
      ...{ protocol, acts: actsOf(scenes), lengths: { rollouts, outageSeconds }, seed, signal },
      say: (line) => process.stderr.write(`${elapsed()}  ${line}\n`),
    }),
  )
  process.stderr.write(`${elapsed()}  the end\n`)
  if (json) {
    const { checks, ...figures } = outcome
    const settings = {
      protocol: protocol.name,
      seed,
      rollouts,
      outageSeconds,
      requestsPerSecond: protocol.clients.ours,
    }
    printResult({ checks, environment, figures: { ...settings, ...figures } })
    return
  }
  process.stdout.write(summary(outcome, protocol))
  if (!isOk(outcome)) process.exitCode = 1
}
