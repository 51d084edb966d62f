/**
 * The process that a container's status names: `process-kubelet://container-2-7`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Number of the first process of a container, in the namespace of the cluster.
 * @param folder of the runtime @throws Error if it does not run
 */
export function processOf(folder: string, containerId: string): number {
  const [, id = '', node = ''] = /^process-kubelet:\/\/(container-(\d+)-\d+)$/.exec(containerId) ?? []
  try {
    return Number(readFileSync(join(folder, `node-${node}`, id, 'pid'), 'utf8'))
  } catch (error) {
    throw new Error(`${containerId}: no process (expected: the id of a container that runs)`, { cause: error })
  }
}
