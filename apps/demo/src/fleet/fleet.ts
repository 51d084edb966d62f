/**
 * The servers, and the news of them: what changes is told to the clients half a second later, as in a cluster. A pod that is deleted, added
 * or ready is news. A pod that is slow, failing, frozen or killed and restarted is none: its readiness probe would need several periods of
 * seconds to notice, longer than these scenes last, so clients are on their own.
 */
import type { ChildProcess } from 'node:child_process'
import type { EndpointNews, Mode, ServerNews, ServerOrder } from '../messages.ts'
import type { Children } from './children.ts'
import { freePort } from './free-port.ts'

/** How late discovery is. */
export const newsMs = 500

/** One pod: a place and the process that lives there now. */
export interface Pod {
  readonly port: number
  /** Changes with every pod that takes the place; a container that is restarted keeps it. */
  uid: string
  process: ChildProcess
  /** What discovery is told of it. */
  listed: 'ready' | 'terminating' | 'gone'
  /** What is being done to it, for the table; `well` if nothing. */
  state: string
}

/** All pods of the service. */
export class Fleet {
  readonly pods: Pod[] = []
  readonly #children: Children
  readonly #tell: (endpoints: readonly EndpointNews[]) => void
  readonly #processed: (id: string) => void
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #ports = new Set<number>()
  #pods = 0
  #stopped = false

  constructor(children: Children, tell: (endpoints: readonly EndpointNews[]) => void, processed: (id: string) => void) {
    this.#children = children
    this.#tell = tell
    this.#processed = processed
  }

  /** A new pod on a free port; resolves when it is ready. */
  async add(): Promise<Pod> {
    const port = await freePort(this.#ports)
    this.#ports.add(port)
    const pod: Pod = { port, uid: this.#newUid(), process: await this.#serve(port), listed: 'ready', state: 'well' }
    this.pods.push(pod)
    this.publish()
    return pod
  }

  /** Deletes the pod as Kubernetes does: it terminates, serving, and its process gets SIGTERM; resolves when it has gone. */
  async remove(pod: Pod): Promise<void> {
    await this.#terminate(pod)
    this.pods.splice(this.pods.indexOf(pod), 1)
  }

  /** Deletes the pod, and another one takes its place at the same address: the hard case, since only the UID tells them apart. */
  async replace(pod: Pod): Promise<void> {
    await this.#terminate(pod)
    pod.state = 'starting'
    pod.process = await this.#serve(pod.port)
    pod.uid = this.#newUid()
    pod.listed = 'ready'
    pod.state = 'well'
    this.publish()
  }

  /** Kills the process with no warning and no news. */
  kill(pod: Pod): void {
    pod.state = 'killed'
    pod.process.kill('SIGKILL')
  }

  /** Restarts the process of a killed pod, which stays the same pod. */
  async restart(pod: Pod): Promise<void> {
    pod.state = 'starting'
    pod.process = await this.#serve(pod.port)
    pod.state = 'well'
  }

  /** Stops the process: its kernel goes on accepting connections, and nobody answers. */
  freeze(pod: Pod): void {
    pod.state = 'frozen'
    pod.process.kill('SIGSTOP')
  }

  /** Lets a frozen process go on. */
  thaw(pod: Pod): void {
    pod.state = 'well'
    pod.process.kill('SIGCONT')
  }

  /** Tells the server how to answer from now on. */
  behave(pod: Pod, mode: Mode): void {
    pod.state = mode
    const order: ServerOrder = { mode }
    pod.process.send(order)
  }

  /** Tells the clients what is there now, when the news gets to them. `at once` for the beginning. */
  publish(when: 'late' | 'at once' = 'late'): void {
    if (this.#stopped) return
    const endpoints = this.pods
      .filter(({ listed }) => listed !== 'gone')
      .map(({ port, uid, listed }): EndpointNews => ({ port, uid, terminating: listed === 'terminating' }))
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        this.#tell(endpoints)
      },
      when === 'late' ? newsMs : 0,
    )
    this.#timers.add(timer)
  }

  /** No more news. The processes belong to `Children`. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #terminate(pod: Pod): Promise<void> {
    pod.listed = 'terminating'
    pod.state = 'draining'
    this.publish()
    const gone = new Promise<void>((resolve) => pod.process.once('exit', () => resolve()))
    pod.process.kill('SIGTERM')
    await gone
    pod.listed = 'gone'
    this.publish()
  }

  async #serve(port: number): Promise<ChildProcess> {
    const child = this.#children.start('fleet/server.ts', String(port))
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the server on port ${port} ended with ${code}`)))
      child.on('message', (news: ServerNews) => {
        if (news.kind === 'listening') resolve()
        else this.#processed(news.id)
      })
    })
    return child
  }

  #newUid(): string {
    return `pod-${++this.#pods}`
  }
}
