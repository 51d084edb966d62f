/**
 * What our client knows of the pods, by a watch of the API server.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type EndpointSet, parseTarget, type Watch } from '@evenkeel/core'
import { type Kubernetes, kubernetes, type ReflectorReport } from '@evenkeel/k8s-watch-resolver'
import { differences } from '../recording/truth.ts'
import { namespace, type Stage } from './stage.ts'

const askAgainMs = 50
// 30 to 60 s after a refusal our client asks again, and the machine may be busy.
const deadlineMs = 120_000

/** The discovery of our client. */
export class Discovery implements AsyncDisposable {
  readonly resolver: Kubernetes
  readonly #stage: Stage
  readonly #watch: Watch
  #set: EndpointSet | undefined

  constructor(stage: Stage) {
    const { app, certificateAuthority } = stage
    this.#stage = stage
    this.resolver = kubernetes({
      access: { url: stage.cluster.server, token: () => stage.token, certificateAuthority, namespace },
      // A stream that nobody needs ends at once: a scene makes many.
      lingerMs: 0,
    })
    // Shares the stream of the client, so that it sees what the client sees.
    this.#watch = this.resolver.watch(parseTarget(app.name), (set) => {
      this.#set = set
    })
  }

  /** How the stream of the service stands. */
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
    await this.#watch[Symbol.asyncDispose]()
    await this.resolver.close()
  }
}
