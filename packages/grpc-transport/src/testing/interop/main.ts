/**
 * `npm run interop`: the gRPC interop cases between grpc-js, with its own channel and with ours, and grpc-go. With `--json` one document on standard output.
 */
import { parseArgs } from 'node:util'
import { currentEnvironment, isOk, printResult } from '@evenkeel/tooling/result'
import { soakIterations } from './cases.ts'
import { checksOf, playPairing, type Verdict } from './pairing.ts'
import { goPairings } from './pairings/go.ts'
import { ownPairings } from './pairings/own.ts'

// Refuses what it does not know.
const { values } = parseArgs({ options: { json: { type: 'boolean' } } })
const environment = currentEnvironment()
const verdicts: Verdict[] = []
for (const pairing of [...ownPairings, ...goPairings])
  verdicts.push(...(await playPairing(pairing, soakIterations, tell)))
const checks = checksOf(verdicts)
if (values.json) printResult({ checks, environment, figures: { soakIterations, verdicts } })
else if (!isOk({ checks })) process.exitCode = 1

function tell({ client, server, case: name, verdict, message }: Verdict): void {
  console.error(`${verdict}  ${name}: ${client} to ${server}${message === '' ? '' : `\n${message}`}`)
}
