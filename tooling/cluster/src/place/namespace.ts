/**
 * A place of its own for a cluster: user, network, mount and process namespace, without root. When its first process ends, whatever the reason, the
 * kernel ends all others, so no process is left behind; files of the place lie in one folder, which goes with it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentWith } from '../environment.ts'

const unshare = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
// Short, as all names of folders here: paths of sockets below them may have 107 signs.
const prefix = 'evenkeel-'
// Behind the three streams that everybody has.
const lifeline = 3

/** Why no namespace can be made here, or undefined if one can. */
export function whyNoNamespace(): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', [...unshare, 'true'], { encoding: 'utf8' })
  if (error !== undefined) return `unshare: ${error.message} (expected: util-linux is installed)`
  if (status === 0) return undefined
  const settings =
    'user.max_user_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns'
  return `${stderr.trim()} (expected: user namespaces are allowed; the kernel settings are ${settings})`
}

/** Runs a Node program in a place of its own. @returns its exit code, or 128 and the number of the signal that ended it */
export async function runInNamespace(file: string, parameters: readonly string[]): Promise<number> {
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const child = spawn('unshare', [...unshare, process.execPath, '--conditions=source', file, ...parameters], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: environmentWith({ TMPDIR: folder }),
  })
  // Ctrl-C reaches the whole group: whoever is inside decides, and this process waits for it.
  const wait = (): void => {}
  const end = (): void => void child.kill('SIGTERM')
  process.on('SIGINT', wait)
  process.on('SIGTERM', end)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGTERM' ? 143 : 137)))
    })
  } finally {
    process.off('SIGINT', wait)
    process.off('SIGTERM', end)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Called inside: when the process that made the place is gone, also by SIGKILL, this one ends, and with it all others. */
export function endWithMaker(): void {
  // A file stream would read in a thread that blocks, and the process could not end before its maker.
  const line = new Socket({ fd: lifeline })
  line.unref()
  line.resume()
  line.on('error', () => {})
  line.once('close', () => process.exit(137))
}

/** Folders of makers that were killed. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? []
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
