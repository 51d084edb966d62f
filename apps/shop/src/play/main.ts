/**
 * `npm run shop`: the shop on a cluster of its own, changed while customers come. It runs inside the network of `npm run cluster -- --bare`.
 */
import { createRequire } from 'node:module'
import { currentEnvironment, printResult } from '@evenkeel/tooling/result'
import { runStoppable } from '@evenkeel/tooling/stoppable'
import { type Arguments, readArguments } from './arguments.ts'
import { openStage } from './cluster/stage.ts'
import { outcomeOf } from './outcome.ts'
import { afterSeconds, play, requestsPerSecond } from './play.ts'
import { liveTable } from './showing/live-table.ts'
import { summary } from './showing/summary.ts'

await runStoppable((signal) => run(readArguments(process.argv.slice(2)), signal), 1)

async function run({ json, plain, seed }: Arguments, signal: AbortSignal): Promise<void> {
  const environment = currentEnvironment()
  process.stderr.write('starting a cluster and the shop in it\n')
  await using stage = await openStage(plain ? 'plain' : 'balanced')
  const table = liveTable(json ? process.stderr : process.stdout)
  const outcome = outcomeOf(await play(stage, seed, table, signal))
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
