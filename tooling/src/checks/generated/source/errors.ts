/** `errors`: every code of core's table, with the packages that raise it. `errors FOLDER`: the codes that one package raises, in a line. */
import { basename } from 'node:path'
import { code, table } from '../../../markdown/table.ts'
import { errorTable, raisedBy } from '../../../source/error-codes.ts'
import { workspaces } from '../../../source/package-sources.ts'
import type { Generate } from '../../generated.ts'

/** A row per code, or a line. */
export const generate: Generate = ({ root, parameters: [folder] }) => {
  const rows = errorTable(root)
  const packages = workspaces(root, 'packages')
  if (folder !== undefined) {
    if (!packages.includes(folder)) throw new Error(`${folder} (expected: ${packages.join(', ')})`)
    const raised = raisedBy(root, folder)
    return `${raised.map(code).join(', ')}.`
  }
  const raisers = packages.map((path) => ({ name: basename(path), raised: raisedBy(root, path) }))
  return table(
    ['code', 'meaning', 'fault', 'fate', 'what to do', 'raised by'],
    rows.map(({ code: name, means, faults, fates, next }) => [
      code(name),
      means,
      faults.join(', '),
      fates.length === 0 ? 'no request' : fates.map(code).join(', '),
      next,
      raisers.flatMap((raiser) => (raiser.raised.includes(name) ? [raiser.name] : [])).join(', '),
    ]),
  )
}
