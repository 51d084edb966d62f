/**
 * Our client: calls by name, balanced over what it sees of the slices.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type EndpointSet, parseTarget, type Watch } from '@evenkeel/core'
import { BalancedAgent } from '@evenkeel/http-transport'
import { type Kubernetes, kubernetes, type ReflectorReport } from '@evenkeel/k8s-watch-resolver'
import type { AttemptRecord } from '../recording/recording.ts'
import { differences } from '../recording/truth.ts'
import { namespace, type Stage } from './stage.ts'

/** For an answer, of each client, so that a silent pod is given up before the caller goes away. */
export const attemptMs = 2_000
const askAgainMs = 50
// 30 to 60 s after a refusal our client asks again, and the machine may be busy.
const deadlineMs = 120_000

/** Our client. */
export class Ours implements AsyncDisposable {
  readonly resolver: Kubernetes
  readonly agent: BalancedAgent
  readonly #stage: Stage
  readonly #watch: Watch
  readonly #attempted: (message: unknown) => void
  #set: EndpointSet | undefined

  /** @param attempted hears of every request that goes onto a connection to a pod */
  constructor(stage: Stage, attempted: (attempt: AttemptRecord) => void) {
    const { certificateAuthority } = stage
    this.#stage = stage
    this.resolver = kubernetes({
      access: { url: stage.cluster.server, token: () => stage.token, certificateAuthority, namespace },
      // A stream that nobody needs ends at once: a scene makes many.
      lingerMs: 0,
    })
    this.agent = new BalancedAgent({ resolver: this.resolver, headMs: attemptMs })
    // Shares the stream of the agent, so that it sees what the agent sees.
    this.#watch = this.resolver.watch(parseTarget('users'), (set) => {
      this.#set = set
    })
    this.#attempted = (message) => {
      const { remoteAddress: address } = (message as { readonly socket: Socket }).socket
      // Of requests through a ClusterIP the other end is the ClusterIP.
      if (address !== undefined) attempted({ at: performance.now(), address })
    }
    subscribe('undici:client:sendHeaders', this.#attempted)
  }

  /** How the stream of `users` stands. */
  get stream(): ReflectorReport {
    const [found] = this.resolver.inspect().namespaces.flatMap(({ streams }) => streams)
    if (found === undefined) throw new Error('streams of our client: none (expected: one)')
    return found
  }

  /** Resolves once the stream stands so. @throws Error with how it stands when it does not come to that */
  async until(holds: (stream: ReflectorReport) => boolean, what: string): Promise<void> {
    const giveUpAt = performance.now() + deadlineMs
    while (!holds(this.stream)) {
      if (performance.now() > giveUpAt) {
        const { phase, failures, error } = this.stream
        throw new Error(`waited for: ${what}; our stream is ${phase} after ${failures} failures: ${error?.message}`)
      }
      await wait(askAgainMs)
    }
  }

  /** How what we know differs from what the slices say at this moment. */
  async differences(): Promise<readonly string[]> {
    const truth = await this.#stage.slices()
    const { status = 'pending', endpoints = [] } = this.#set ?? {}
    return [...(status === 'ok' ? [] : [`the set is ${status}`]), ...differences(endpoints, truth)]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    unsubscribe('undici:client:sendHeaders', this.#attempted)
    await this.agent.close()
    await this.#watch[Symbol.asyncDispose]()
    await this.resolver.close()
  }
}
