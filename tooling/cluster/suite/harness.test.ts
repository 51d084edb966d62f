import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

// Whole harnesses, each in a namespace inside the one of this test.
const program = join(import.meta.dirname, '../src/main.ts')

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'h'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function harness(folder: string, ...command: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=source', program, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  })
}

async function run(folder: string, ...command: readonly string[]): Promise<readonly [number | null, string, string]> {
  const child = harness(folder, ...command)
  const closed = once(child, 'close')
  const [output, complaint] = await Promise.all([text(child.stdout as never), text(child.stderr as never)])
  const [code] = (await closed) as [number | null]
  return [code, output, complaint]
}

/** Processes whose command line or environment names the folder: everything that a harness started. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${name}/${file}`, 'utf8').includes(folder))
    } catch {
      // It has ended meanwhile.
      return false
    }
  })
}

test('a command runs inside, sees nodes, Services and names, and its exit code is that of the harness', async () => {
  const folder = ownFolder()
  const script = 'kubectl get nodes -o name; getent hosts kubernetes.default.svc.cluster.local; exit 7'
  const [code, output, complaint] = await run(folder, 'sh', '-c', script)
  expect(output).toMatch(/^node\/node-1\nnode\/node-2\nnode\/node-3\n198\.19\.0\.1 /)
  expect(complaint).toMatch(/^Kubernetes v1\.37\.2 is up after [0-9.]+ s, with a process kubelet on each node/)
  expect(code).toBe(7)
  expect(processesOf(folder)).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

test('a harness that is killed takes every process with it, and the next one starts and clears its files away', async () => {
  const folder = ownFolder()
  const script =
    'kubectl create deployment web --image=x --replicas=2 -- sleep 1000 && kubectl rollout status deployment/web && echo runs; sleep 1000'
  const child = harness(folder, 'sh', '-c', script)
  let output = ''
  for await (const chunk of child.stdout as NonNullable<typeof child.stdout>) {
    output += chunk
    if (output.includes('runs\n')) break
  }
  expect(processesOf(folder).length).toBeGreaterThan(10)
  const closed = once(child, 'exit')
  child.kill('SIGKILL')
  await closed
  // The kernel ends the others a moment after their first one.
  while (processesOf(folder).length > 0) await new Promise(setImmediate)
  expect(readdirSync(folder)).toHaveLength(1)
  const [code, nodes] = await run(folder, 'kubectl', 'get', 'nodes', '-o', 'name')
  expect(nodes).toBe('node/node-1\nnode/node-2\nnode/node-3\n')
  expect(code).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

test('Ctrl-C ends the command and then the cluster', async () => {
  const folder = ownFolder()
  const child = spawn(process.execPath, ['--conditions=source', program, 'sh', '-c', 'echo runs; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: folder },
    // A terminal sends the signal to the whole group.
    detached: true,
  })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  process.kill(-(child.pid as number), 'SIGINT')
  expect(await closed).toEqual([130, null])
  expect(processesOf(folder)).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

test('where user namespaces are forbidden, the message names the settings', async () => {
  const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" --conditions=source "$1" true'
  const words = ['--user', '--map-root-user', 'sh', '-c', script, process.execPath, program]
  const child = spawn('unshare', words, { stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = once(child, 'close')
  expect(await text(child.stderr)).toMatch(
    /^no namespace for a cluster: .*user namespaces are allowed; the kernel settings are user\.max_user_namespaces, kernel\.unprivileged_userns_clone/,
  )
  expect(await closed).toEqual([1, null])
})

test('a folder for temporary files that is too deep for sockets is refused', async () => {
  const folder = mkdtempSync(join(ownFolder(), 'x'.repeat(50)))
  const [code, , complaint] = await run(folder, 'true')
  expect(complaint).toMatch(/TMPDIR: \S+ \(expected: \d+ signs less, since paths of sockets are limited\)/)
  expect(code).toBe(1)
})
