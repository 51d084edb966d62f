/**
 * The first process of the namespace: makes the network, starts the cluster, runs the command or a shell, and takes everything down.
 */
import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { startCluster } from './cluster.ts'
import { writeResolvConf } from './control-plane/files.ts'
import { environmentWith, shell } from './environment.ts'
import { endWithMaker } from './place/namespace.ts'
import { makeNetwork } from './place/network.ts'
import { kubernetesVersion, pathOf } from './programs.ts'
import { imagesOf } from './runtime/images.ts'

endWithMaker()
const [first, ...rest] = process.argv.slice(2)
makeNetwork()
const code =
  first === '--bare' ? await run(rest, {}) : await runInCluster(first === undefined ? [shell()] : [first, ...rest])
process.exit(code)

async function runInCluster(command: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  const cluster = await startCluster({ images: imagesOf(join(import.meta.dirname, '../../../apps')) })
  try {
    bindResolvConf(writeResolvConf(cluster.folder))
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    console.error(
      `Kubernetes ${kubernetesVersion()} is up after ${seconds} s, with a process kubelet on each node; logs in ${cluster.folder}`,
    )
    return await run(command, { KUBECONFIG: cluster.kubeconfig })
  } finally {
    await cluster[Symbol.asyncDispose]()
  }
}

/** What asks for a name in this namespace asks cluster DNS. */
function bindResolvConf(path: string): void {
  const { status, stderr } = spawnSync('mount', ['--bind', path, '/etc/resolv.conf'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`mount --bind ${path} /etc/resolv.conf: ${stderr.trim()}`)
}

function run([file = '', ...parameters]: readonly string[], more: Readonly<Record<string, string>>): Promise<number> {
  const { PATH = '' } = environmentWith({})
  const path = `${dirname(pathOf('kubectl'))}:${PATH}`
  const child = spawn(file, parameters, { stdio: 'inherit', env: environmentWith({ ...more, PATH: path }) })
  // The command hears Ctrl-C by itself; the cluster goes when it has ended.
  process.on('SIGINT', () => {})
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(String(error))
      resolve(127)
    })
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}
