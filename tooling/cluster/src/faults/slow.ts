/**
 * A slow path to one port: new connections to it pass a relay of ours, and neither side has to know.
 */
import { type Fault, makeFault } from './fault.ts'
import { checkAddress, checkAtLeast, checkPort } from './input.ts'
import { addRules, type Chain } from './packet-rules.ts'
import { startRelay } from './relay.ts'

/** How slow. */
export interface SlowOptions {
  /** In each direction, so that an answer takes twice as long. */
  readonly delayMs: number
  /** In each direction of each connection. @defaultValue no limit */
  readonly bytesPerSecond?: number | undefined
}

// The relay's own address, by which its connections to the pod are known. No node is the 253rd, so no pod has it.
const relayAddress = '198.18.253.1'

// Programs of this namespace pass OUTPUT, pods behind an interface PREROUTING. The kernel knows connections only while some rule asks about them: without
// the one that stays, the connections of a relay would break with the rule that led them there.
const chain: Chain = {
  table: 'nat',
  name: 'EVENKEEL-SLOW',
  hooks: { PREROUTING: [], OUTPUT: [] },
  keeps: ['-m', 'conntrack', '--ctstate', 'INVALID', '-j', 'RETURN'],
}

/**
 * Slows new connections to an IPv4 address and port. Who listens there sees the relay's address as the client's, and a refused connection is seen as
 * one that is reset. Connections through a ClusterIP are slowed at the ClusterIP: the address behind it is chosen after the relay.
 * Mending leaves the connections that stand and takes the delay from them.
 *
 * @throws Error that names what cannot be, and what was expected
 */
export async function slow(address: string, port: number, options: SlowOptions): Promise<Fault> {
  const { delayMs, bytesPerSecond = Number.POSITIVE_INFINITY } = options
  checkAddress('address', address)
  checkPort('port', port)
  checkAtLeast('delayMs', delayMs, 0)
  if (options.bytesPerSecond !== undefined) checkAtLeast('bytesPerSecond', bytesPerSecond, 1)
  const relay = await startRelay({ address: relayAddress, target: { address, port }, delayMs, bytesPerSecond })
  // With --syn: a connection from before the first rule is new to the kernel, although it stands.
  const match = ['-p', 'tcp', '--syn', '!', '-s', relayAddress, '-d', address, '--dport', `${port}`]
  try {
    const takeAway = await addRules(chain, [
      [...match, '-j', 'DNAT', '--to-destination', `${relayAddress}:${relay.port}`],
    ])
    return makeFault(async () => {
      await takeAway()
      await relay.end()
    })
  } catch (error) {
    await relay.end()
    throw error
  }
}
