/** `environment NAME`: with what and where `results/NAME.json` was measured. */

import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

/** One line. */
export const generate: Generate = ({ root, parameters: [name = ''] }) => {
  const { command, environment } = readResult(root, name)
  const { node, cpu, cores, commit } = environment
  return `Measured once by \`${command}\`: ${cores} cores (${cpu}), Node ${node.slice(1)}, commit ${shortened(commit)}.`
}

/** Twelve digits name a commit; a `+` tells of changes that were not committed. */
function shortened(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, '$1')
}
