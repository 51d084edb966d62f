/**
 * Builds the programs of Go that are not there yet, those of the control plane above all: `npm run cluster:build`. The first time takes 8 to 15 minutes on
 * 2 cores.
 */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { environmentWith } from './environment.ts'
import {
  containerRuntimeInterface,
  kubernetesVersion,
  missingPrograms,
  moduleFolder,
  type Program,
  type ProgramName,
  pathOf,
} from './programs.ts'

// What `go 1.26.0` in our modules asks for.
const leastGo = [1, 26] as const

/** Whether a version as `go env GOVERSION` prints it is new enough. */
export function isNewEnough(version: string): boolean {
  const [, major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(version)?.map(Number) ?? []
  return major > leastGo[0] || (major === leastGo[0] && minor >= leastGo[1])
}

/**
 * Builds what is missing, one program after another since each uses all cores.
 * @throws Error without Go, with an old one, or with what the compiler said
 */
export async function buildMissing(): Promise<void> {
  const missing = missingPrograms()
  if (missing.length === 0 && existsSync(containerRuntimeInterface())) return
  await buildAll(missing)
  keepContainerRuntimeInterface()
}

/**
 * Path of one program, for who needs no cluster; built first if it is missing.
 * @throws Error as `buildMissing` does
 */
export async function builtProgram(name: ProgramName): Promise<string> {
  const missing = missingPrograms().filter((program) => program.name === name)
  if (missing.length > 0) await buildAll(missing)
  return pathOf(name)
}

async function buildAll(missing: readonly Program[]): Promise<void> {
  const { stdout, error } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  const found = error === undefined ? stdout.trim() : 'none'
  if (!isNewEnough(found))
    throw new Error(`go: ${found} (expected: Go ${leastGo.join('.')} or newer on the path, which builds the programs)`)
  for (const [index, program] of missing.entries()) {
    console.error(`${index + 1} of ${missing.length}: ${program.name}`)
    const startedAt = performance.now()
    await build(program)
    console.error(`      built in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
  }
}

/** The definition of CRI lies in Go's own cache, which may be emptied. */
function keepContainerRuntimeInterface(): void {
  const module = 'k8s.io/cri-api'
  const { stdout, stderr, status } = spawnSync('go', ['mod', 'download', '-json', module], {
    cwd: moduleFolder('kubernetes'),
    encoding: 'utf8',
    env: environmentWith({ GOTOOLCHAIN: 'local' }),
  })
  if (status !== 0) throw new Error(`go mod download ${module} ended with ${status}: ${stderr}${stdout}`)
  const { Dir: folder } = JSON.parse(stdout) as { readonly Dir: string }
  copyFileSync(join(folder, 'pkg/apis/runtime/v1/api.proto'), containerRuntimeInterface())
}

async function build({ name, module, package: source }: Program): Promise<void> {
  const path = pathOf(name)
  // Two builds at once, or one that is interrupted, must not leave half a program.
  const unfinished = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true })
  const version = `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion()}`
  const go = spawn('go', ['build', '-trimpath', '-ldflags', `-s -w ${version}`, '-o', unfinished, source], {
    cwd: moduleFolder(module),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environmentWith({ CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' }),
  })
  const code = await new Promise((resolve, reject) => go.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`${name}: go build ended with ${code}`)
  renameSync(unfinished, path)
}

if (import.meta.main) {
  await buildMissing()
  console.error(`all programs of Kubernetes ${kubernetesVersion()} and grpc-go's are built`)
}
