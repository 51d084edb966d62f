/**
 * Names of Services for this process, as pods have them.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addresses } from '@evenkeel/cluster'

/** From now on names are asked of cluster DNS. The mount is one of the trial's own namespace. @param folder of the cluster */
export function askClusterDns(folder: string): void {
  const path = join(folder, 'trial-resolv.conf')
  writeFileSync(path, `nameserver ${addresses.dns}\n`)
  const { status, stderr } = spawnSync('mount', ['--bind', path, '/etc/resolv.conf'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`mount --bind ${path} /etc/resolv.conf: ${stderr.trim()}`)
}
