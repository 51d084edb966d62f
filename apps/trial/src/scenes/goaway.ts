/**
 * An API server that asks clients to connect anew, as several behind a load balancer do.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { parseTarget, type Watch } from '@evenkeel/core'
import type { Scene } from '../scene.ts'
import type { Discovery } from '../stage/discovery.ts'

// One in fifty is told to go: after so many, one that was never told would be a chance of one in millions.
const mostRequests = 1_000

/** Asks until a new connection is made, with the stream of `users` on the old one, or the new one. */
export const goaway: Scene = {
  name: 'goaway',
  says: 'requests until the API server says GOAWAY on the connection that our stream is on; then a rollout',
  mayLose: 'nothing',
  // More than one in fifty is not accepted.
  flags: { 'kube-apiserver': ['--goaway-chance=0.02'] },
  run: async (stage, ours) => {
    const known = connections(stage.cluster.server)
    for (let asked = 0; [...connections(stage.cluster.server)].every((one) => known.has(one)); asked++) {
      if (asked === mostRequests) throw new Error(`GOAWAY: none in ${mostRequests} requests (expected: one in 50)`)
      await ask(ours, asked)
    }
    await stage.restart()
    return undefined
  },
}

/** One request: for a Service that is not there. */
async function ask({ resolver }: Discovery, number: number): Promise<void> {
  let watch: Watch | undefined
  await new Promise<void>((resolve) => {
    watch = resolver.watch(parseTarget(`other-${number}`), () => resolve())
  })
  await watch?.[Symbol.asyncDispose]()
}

/** Connections of this process to a server, each by its number in the kernel. */
function connections(server: string): ReadonlySet<string> {
  const port = Number(new URL(server).port).toString(16).toUpperCase().padStart(4, '0')
  const own = new Set(
    readdirSync('/proc/self/fd').flatMap((file) => {
      const [, number] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/self/fd/${file}`)) ?? []
      return number === undefined ? [] : [number]
    }),
  )
  const lines = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].flatMap((path) => readFileSync(path, 'utf8').split('\n'))
  const numbers = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote]) => remote?.endsWith(`:${port}`))
    .map((fields) => fields[9] ?? '')
  return new Set(numbers.filter((number) => own.has(number)))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
