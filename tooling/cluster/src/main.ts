/**
 * `npm run cluster`: a cluster and a shell in which kubectl, cluster DNS and Services work as in a pod. `npm run cluster -- COMMAND` runs a command there
 * and ends with its exit code. With `--bare` in front there is the network alone, for programs that start clusters themselves.
 */
import { join } from 'node:path'
import { buildMissing } from './build.ts'
import { runInNamespace, whyNoNamespace } from './place/namespace.ts'

const why = whyNoNamespace()
if (why === undefined) {
  await buildMissing()
  process.exitCode = await runInNamespace(join(import.meta.dirname, 'inside.ts'), process.argv.slice(2))
} else {
  console.error(`no namespace for a cluster: ${why}`)
  process.exitCode = 1
}
