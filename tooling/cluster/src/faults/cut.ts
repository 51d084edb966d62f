/**
 * A cut cable: packets between two places vanish, those of connections that stand as well, and nobody is told.
 */
import { type Fault, makeFault } from './fault.ts'
import { checkChoice, checkPort, checkRange } from './input.ts'
import { addRules, type Chain } from './packet-rules.ts'

/** What of the traffic is cut. */
export interface CutOptions {
  /** Port of the second place. @defaultValue all of them */
  readonly port?: number | undefined
  /** @defaultValue both if there is a port, else all there are */
  readonly protocol?: 'tcp' | 'udp' | undefined
}

// Table mangle: every packet meets it, its addresses are those of pods, with those of Services replaced already, and it comes before the rules by which
// kube-proxy accepts what belongs to a connection. A packet that this namespace sends to itself is dropped where it arrives, since its sender would be
// told (EPERM); those for pods behind an interface, sent or
// forwarded, leave here and have to be dropped on their way out.
const chain: Chain = {
  table: 'mangle',
  name: 'EVENKEEL-CUT',
  hooks: { INPUT: [], POSTROUTING: ['!', '-o', 'lo'] },
}

/**
 * Drops every packet between two IPv4 addresses or CIDRs, in both directions. A connection through a ClusterIP is cut between its client and its pod.
 *
 * @throws Error that names what cannot be, and what was expected
 */
export async function cut(first: string, second: string, options: CutOptions = {}): Promise<Fault> {
  const { port, protocol } = options
  checkRange('first', first)
  checkRange('second', second)
  if (port !== undefined) checkPort('port', port)
  if (protocol !== undefined) checkChoice('protocol', protocol, ['tcp', 'udp'])
  const kinds = protocol === undefined ? (port === undefined ? [] : ['tcp', 'udp']) : [protocol]
  const there = ['-s', first, '-d', second]
  const back = ['-s', second, '-d', first]
  const matches =
    kinds.length === 0
      ? [there, back]
      : kinds.flatMap((kind) => [
          [...there, '-p', kind, ...(port === undefined ? [] : ['--dport', `${port}`])],
          [...back, '-p', kind, ...(port === undefined ? [] : ['--sport', `${port}`])],
        ])
  const takeAway = await addRules(
    chain,
    matches.map((match) => [...match, '-j', 'DROP']),
  )
  return makeFault(takeAway)
}
