/**
 * `npm run shop`: the shop on a cluster of its own, changed while customers come. It runs inside the network of `npm run cluster -- --bare`.
 */
import { createRequire } from 'node:module'
import { currentEnvironment, printResult } from '@evenkeel/tooling/result'
import { type Arguments, readArguments } from './arguments.ts'
import { openStage } from './cluster/stage.ts'
import { outcomeOf } from './outcome.ts'
import { afterSeconds, play, requestsPerSecond } from './play.ts'
import { liveTable } from './showing/live-table.ts'
import { summary } from './showing/summary.ts'

// What a shell reports of a program that Ctrl-C ended.
const interruptedCode = 130
const stopped = new AbortController()
// For good, so that an impatient second Ctrl-C does not end us before the cluster has gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(signal))

try {
  await run(readArguments(process.argv.slice(2)))
} catch (error) {
  process.exitCode = stopped.signal.aborted ? interruptedCode : 1
  process.stderr.write(stopped.signal.aborted ? 'stopped\n' : `${error instanceof Error ? error.message : error}\n`)
}

async function run({ json, plain, seed }: Arguments): Promise<void> {
  const environment = currentEnvironment()
  process.stderr.write('starting a cluster and the shop in it\n')
  await using stage = await openStage(plain ? 'plain' : 'balanced')
  const table = liveTable(json ? process.stderr : process.stdout)
  const outcome = outcomeOf(await play(stage, seed, table, stopped.signal))
  if (!json) {
    process.stdout.write(summary(outcome))
    return
  }
  const { checks, ...figures } = outcome
  const { version: undici } = createRequire(import.meta.url)('undici/package.json')
  const settings = {
    storefront: plain ? 'plain' : 'balanced',
    seed,
    requestsPerSecond,
    afterSeconds,
    versions: { kubernetes: stage.version, undici },
  }
  printResult({ checks, environment, figures: { ...settings, ...figures } })
}
