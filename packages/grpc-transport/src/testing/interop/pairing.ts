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
  /** Cases that may be tried more than once, by name, and how often: for races of others that are known. @defaultValue each once */
  readonly tries?: Readonly<Record<string, number>>
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
  /** How often it was tried. */
  readonly tries: number
  /** What was not as described; empty if all was. */
  readonly message: string
}

/** Plays all cases of a pair, one after another against one server. @param heard called after each */
export async function playPairing(
  { client, server, tries = {} }: Pairing,
  iterations: number,
  heard: (verdict: Verdict) => void = () => {},
): Promise<readonly Verdict[]> {
  await using listening = await server.serve()
  const verdicts: Verdict[] = []
  for (const one of interopCases) {
    const { [one.name]: most = 1 } = tries
    let tried = 0
    let played: Pick<Verdict, 'verdict' | 'message'>
    do {
      tried++
      played = await client.play(one, listening.address, iterations).then(
        () => ({ verdict: 'passed', message: '' }) as const,
        (reason) => ({ verdict: 'failed', message: reason instanceof Error ? reason.message : `${reason}` }) as const,
      )
    } while (played.verdict === 'failed' && tried < most)
    verdicts.push({ client: client.name, server: server.name, case: one.name, tries: tried, ...played })
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
