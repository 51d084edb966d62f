/**
 * Where a transport plays: servers, discovery in our hands, and the transport opened over both.
 */
import {
  consecutiveFailures,
  drainMark,
  EvenkeelError,
  parseTarget,
  retryAfter,
  type StaticEndpoints,
  staticEndpoints,
  systemClock,
  type Target,
  type Upstream,
  type Upstreams,
  upstreams,
} from '@evenkeel/core'
import { CountingClock } from '@evenkeel/core/testing'
import { Breach } from '../law.ts'
import type {
  LawBehaviour,
  LawServer,
  OpenTransport,
  TransportAnswer,
  TransportCall,
  TransportSubject,
} from '../transport-laws.ts'
import { ScriptedServer } from './scripted-server.ts'
import { Witness } from './witness.ts'

const service = 'law-service'
const target: Target = parseTarget(service)
/** Short, since hanging servers are waited for; longer than any answer on the loopback takes. */
export const headMs = 400
const connectMs = 1_000
// Whatever has to happen on the loopback has happened by then, on the slowest machine.
const usualPatienceMs = 10_000

/** One per law. */
export class TransportField {
  readonly servers: readonly LawServer[]
  readonly clock: CountingClock
  readonly resolver: StaticEndpoints
  readonly services: Upstreams
  readonly upstream: Upstream
  readonly transport: OpenTransport
  readonly witness: Witness
  readonly #patienceMs: number
  #calls = 0

  private constructor(
    parts: Pick<TransportField, 'servers' | 'clock' | 'resolver' | 'services' | 'transport' | 'witness'>,
    patienceMs: number,
  ) {
    this.#patienceMs = patienceMs
    this.servers = parts.servers
    this.clock = parts.clock
    this.resolver = parts.resolver
    this.services = parts.services
    this.transport = parts.transport
    this.witness = parts.witness
    this.upstream = parts.services.of(target)
  }

  /** Opens servers with these behaviours, and the transport over them. */
  static async open(subject: TransportSubject, ...behaviours: readonly LawBehaviour[]): Promise<TransportField> {
    const servers: LawServer[] = []
    const { listen = ScriptedServer.listen } = subject
    for (const behaviour of behaviours) {
      const server = await listen()
      server.behaviour = behaviour
      servers.push(server)
    }
    const clock = new CountingClock()
    const resolver = staticEndpoints({ [service]: servers.map(({ locator }) => locator) }, { clock })
    const witness = new Witness()
    const guards = [consecutiveFailures(), drainMark(), retryAfter(), witness.factory]
    const services = upstreams({ resolver, clock, guards })
    const transport = await subject.open(services, target, { headMs, connectMs })
    return new TransportField(
      { servers, clock, resolver, services, transport, witness },
      subject.patienceMs ?? usualPatienceMs,
    )
  }

  /** Discovery now names these servers only. */
  list(...servers: readonly LawServer[]): void {
    this.resolver.set(
      service,
      servers.map(({ locator }) => locator),
    )
  }

  /** A path that no other call has. */
  path(): string {
    this.#calls++
    return `/calls/${this.#calls}`
  }

  call(call: Partial<TransportCall>): Promise<TransportAnswer> {
    const { method = 'GET', path = this.path(), body, signal = new AbortController().signal } = call
    return this.transport.call({ method, path, body, signal })
  }

  /** The error of a call that must fail. @throws Breach when it does not */
  async failure(call: Promise<TransportAnswer>, law: number): Promise<unknown> {
    let answer: TransportAnswer
    try {
      answer = await call
    } catch (error) {
      return error
    }
    throw new Breach(law, `the call is answered ${answer.status} instead of failing`)
  }

  /** Requests with this path, over all servers. */
  seen(path: string): number {
    return this.servers.reduce((sum, server) => sum + server.seen(path), 0)
  }

  /** Picks not yet settled. */
  inFlight(): number {
    return this.upstream.inspect().peers.reduce((sum, peer) => sum + peer.inFlight, 0)
  }

  /** Looks after every poll of the event loop until it is so. Not a pause: it ends with the event. */
  async eventually(isSo: () => boolean | Promise<boolean>, otherwise: () => Error): Promise<void> {
    const end = systemClock.now() + this.#patienceMs
    while (!(await isSo())) {
      if (systemClock.now() > end) throw otherwise()
      await new Promise<void>((resolve) => systemClock.afterPoll(resolve))
    }
  }

  /** Law 2: in flight becomes 0, and is never negative on the way. @throws Breach */
  async idle(): Promise<void> {
    await this.eventually(
      () => {
        const negative = this.upstream.inspect().peers.find(({ inFlight }) => inFlight < 0)
        if (negative !== undefined) throw new Breach(2, `${negative.locator} has ${negative.inFlight} in flight`)
        return this.inFlight() === 0
      },
      () => new Breach(2, `${this.inFlight()} in flight, and nothing is under way`),
    )
  }

  /** Closes everything: transport, upstreams, servers. */
  async close(): Promise<void> {
    await this.transport.close()
    await this.services[Symbol.asyncDispose]()
    for (const server of this.servers) await server.close()
  }
}

/** The EvenkeelError in an error or its causes: clients such as fetch wrap what they are given. */
export function evenkeelError(error: unknown): EvenkeelError | undefined {
  let one = error
  for (let depth = 0; depth < 5 && one !== undefined; depth++) {
    if (EvenkeelError.is(one)) return one
    one = one instanceof Error ? one.cause : undefined
  }
  return undefined
}

/** Opens a field, plays, and closes it whatever happens. */
export async function play(
  subject: TransportSubject,
  behaviours: readonly LawBehaviour[],
  scene: (field: TransportField) => Promise<void>,
): Promise<void> {
  const field = await TransportField.open(subject, ...behaviours)
  try {
    await scene(field)
  } finally {
    await field.close()
  }
}
