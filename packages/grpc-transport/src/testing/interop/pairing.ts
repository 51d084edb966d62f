/**
 * All interop cases between a client and a server, and what came of each.
 */
import type { Check } from '@evenkeel/tooling/result'
import { interopCases } from './cases.ts'
import type { ClientParty, ServerParty } from './party.ts'

/** Who is tried with whom. */
export interface Pairing {
  /** Who calls. */
  readonly client: ClientParty
  /** Who answers. */
  readonly server: ServerParty
}

/** What came of one case. */
export interface Verdict {
  /** Its client, by name. */
  readonly client: string
  /** Its server, by name. */
  readonly server: string
  /** The case, by name. */
  readonly case: string
  /** Whether all was as described. */
  readonly verdict: 'passed' | 'failed'
  /** What was not as described; empty if all was. */
  readonly message: string
}

/** Plays all cases of a pair, one after another against one server. @param heard called after each */
export async function playPairing(
  { client, server }: Pairing,
  iterations: number,
  heard: (verdict: Verdict) => void = () => {},
): Promise<readonly Verdict[]> {
  await using listening = await server.serve()
  const verdicts: Verdict[] = []
  for (const one of interopCases) {
    const verdict = await client.play(one, listening.address, iterations).then(
      () => ({ verdict: 'passed', message: '' }) as const,
      (reason) => ({ verdict: 'failed', message: reason instanceof Error ? reason.message : `${reason}` }) as const,
    )
    verdicts.push({ client: client.name, server: server.name, case: one.name, ...verdict })
    heard(verdicts.at(-1) as Verdict)
  }
  return verdicts
}

/** A check for each verdict. */
export function checksOf(verdicts: readonly Verdict[]): readonly Check[] {
  return verdicts.map(({ client, server, case: name, verdict, message }) => ({
    id: `interop.${idOf(client)}.${idOf(server)}.${name}`,
    claim: `${name} is as described, from ${client} to a ${server} server`,
    expected: 'passed',
    got: verdict === 'passed' ? verdict : message,
    unit: '',
    ok: verdict === 'passed',
  }))
}

function idOf(name: string): string {
  return name.replace(/[^a-z0-9]+/g, '-')
}
