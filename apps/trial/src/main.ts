/**
 * `npm run trial`: our client on a real Kubernetes, under load, while things happen to the cluster. It runs inside the network of
 * `npm run cluster -- --bare`.
 */
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { readArguments } from './arguments.ts'
import { evaluate } from './evaluate.ts'
import { actsOf } from './scenes.ts'
import { summary } from './summary.ts'
import { playTrial, requestsPerSecond } from './trial.ts'

// What a shell reports of a program that Ctrl-C ended.
const interruptedCode = 130
const stopped = new AbortController()
// For good, so that an impatient second Ctrl-C does not end us before the cluster has gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(signal))

await run(process.argv.slice(2)).catch((error: unknown) => {
  const { aborted } = stopped.signal
  process.exitCode = aborted ? interruptedCode : 2
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${aborted ? 'stopped; the cluster has gone' : text}\n`)
})

async function run(parameters: readonly string[]): Promise<void> {
  const { json, seed, scenes, rollouts, outageSeconds } = readArguments(parameters)
  const environment = currentEnvironment()
  const startedAt = performance.now()
  const elapsed = (): string => `${Math.round((performance.now() - startedAt) / 1_000)} s`.padStart(6)
  const outcome = evaluate(
    await playTrial({
      ...{ acts: actsOf(scenes), lengths: { rollouts, outageSeconds }, seed, signal: stopped.signal },
      say: (line) => process.stderr.write(`${elapsed()}  ${line}\n`),
    }),
  )
  process.stderr.write(`${elapsed()}  the end\n`)
  if (json) {
    const { checks, ...figures } = outcome
    const settings = { seed, rollouts, outageSeconds, requestsPerSecond }
    printResult({ checks, environment, figures: { ...settings, ...figures } })
    return
  }
  process.stdout.write(summary(outcome))
  if (!isOk(outcome)) process.exitCode = 1
}
