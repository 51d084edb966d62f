/**
 * The servers, and the news of them: what changes is told to the clients half a second later, as in a cluster.
 */
import type { ChildProcess } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { Children } from './children.ts'
import type { EndpointNews, Mode, ServerNews, ServerOrder } from './messages.ts'

/** How late discovery is. */
export const newsMs = 500

/** One pod: a place and the process that lives there now. */
export interface Pod {
  readonly port: number
  /** Changes with every pod that takes the place; a container that is restarted keeps it. */
  uid: string
  process: ChildProcess
  terminating: boolean
  /** What is being done to it, for the table. */
  state: string
}

/** All pods of the service. */
export class Fleet {
  readonly pods: Pod[] = []
  readonly #children: Children
  readonly #tell: (endpoints: readonly EndpointNews[]) => void
  readonly #processed: (id: string) => void
  readonly #timers = new Set<NodeJS.Timeout>()
  #pods = 0

  constructor(children: Children, tell: (endpoints: readonly EndpointNews[]) => void, processed: (id: string) => void) {
    this.#children = children
    this.#tell = tell
    this.#processed = processed
  }

  /** A new pod on a free port; resolves when it is ready. */
  async add(): Promise<Pod> {
    const port = await freePort()
    const pod: Pod = { port, uid: this.#newUid(), process: await this.#serve(port), terminating: false, state: '' }
    this.pods.push(pod)
    this.publish()
    return pod
  }

  /** Deletes the pod as Kubernetes does: it terminates, serving, and its process gets SIGTERM; resolves when it has gone. */
  async remove(pod: Pod): Promise<void> {
    await this.#terminate(pod)
    this.pods.splice(this.pods.indexOf(pod), 1)
    this.publish()
  }

  /** Deletes the pod, and another one takes its place at the same address: the hard case, since only the UID tells them apart. */
  async replace(pod: Pod): Promise<void> {
    await this.#terminate(pod)
    pod.process = await this.#serve(pod.port)
    pod.uid = this.#newUid()
    pod.terminating = false
    pod.state = ''
    this.publish()
  }

  /** Kills the process with no warning and no news. */
  kill(pod: Pod): void {
    pod.state = 'killed'
    pod.process.kill('SIGKILL')
  }

  /** Restarts the process of a killed pod, which stays the same pod. */
  async restart(pod: Pod): Promise<void> {
    pod.process = await this.#serve(pod.port)
    pod.state = ''
  }

  freeze(pod: Pod): void {
    pod.state = 'frozen'
    pod.process.kill('SIGSTOP')
  }

  thaw(pod: Pod): void {
    pod.state = ''
    pod.process.kill('SIGCONT')
  }

  behave(pod: Pod, mode: Mode): void {
    pod.state = mode === 'well' ? '' : mode
    const order: ServerOrder = { mode }
    pod.process.send(order)
  }

  /** Tells the clients what is there now, when the news gets to them. `at once` for the beginning. */
  publish(when: 'late' | 'at once' = 'late'): void {
    const endpoints = this.pods.map(({ port, uid, terminating }): EndpointNews => ({ port, uid, terminating }))
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        this.#tell(endpoints)
      },
      when === 'late' ? newsMs : 0,
    )
    this.#timers.add(timer)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #terminate(pod: Pod): Promise<void> {
    pod.terminating = true
    pod.state = 'draining'
    this.publish()
    const gone = new Promise<void>((resolve) => pod.process.once('exit', () => resolve()))
    pod.process.kill('SIGTERM')
    await gone
  }

  async #serve(port: number): Promise<ChildProcess> {
    const child = this.#children.start('server.ts', String(port))
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

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
