/**
 * The program that runs the containers of all nodes: a socket for each node.
 */
import { join } from 'node:path'
import { serveCri } from './cri.ts'
import { imageCalls } from './image-calls.ts'
import type { Images } from './images.ts'
import { Runtime } from './runtime.ts'

/** The one argument, as JSON. */
export interface RuntimeSettings {
  /** Folder for sockets and files. */
  readonly folder: string
  /** How many nodes there are. */
  readonly nodes: number
  readonly images: Images
  /** Where commands are looked for. */
  readonly path: string
}

/** Where the runtime of a node listens. */
export function socketOf(folder: string, node: number): string {
  return join(folder, `node-${node}.sock`)
}

if (import.meta.main) {
  const { folder, nodes, images, path } = JSON.parse(process.argv[2] as string) as RuntimeSettings
  const nowNs = (): string => String(BigInt(Date.now()) * 1_000_000n)
  const runtimes: Runtime[] = []
  for (let node = 1; node <= nodes; node++) {
    const runtime = new Runtime({ node, folder: join(folder, `node-${node}`), images, path, nowNs })
    await serveCri(socketOf(folder, node), runtime.calls, imageCalls)
    runtimes.push(runtime)
  }
  process.once('SIGTERM', async () => {
    await Promise.all(runtimes.map((runtime) => runtime.end()))
    process.exit(0)
  })
}
