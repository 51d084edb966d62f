/** `installs-table`: every kind of project that `results/installs.json` tells of, with the versions it was tried with. */

import type { KindFigures } from '../../../installs/report.ts'
import { table } from '../../../markdown/table.ts'
import { readResult } from '../../../measured/results.ts'
import type { Generate } from '../../generated.ts'

/** A row per kind. A kind that failed says so, so that a run is never shown as better than it was. */
export const generate: Generate = ({ root }) => {
  const { checks, figures } = readResult(root, 'installs')
  const { kinds } = figures as { readonly kinds?: readonly KindFigures[] }
  if (kinds === undefined || kinds.length === 0)
    throw new Error('results/installs.json has no kinds (expected: a run with --all)')
  const rows = kinds.map(({ name, project, does, when, node, versions, seconds }) => {
    const check = checks.find(({ id }) => id === `installs.${name}`)
    const outcome = check?.ok ? 'works' : `fails: ${check?.got ?? 'not tried'}`
    return [project, does, versionsOf(node, versions), when, `${seconds} s`, outcome]
  })
  return table(['project', 'built and run by', 'versions', 'tried every', 'time', ''], rows)
}

/** What the reader would look for: types and configuration have no part in whether it works. */
function versionsOf(node: string, versions: KindFigures['versions']): string {
  const told = ['@nestjs/core', 'jest', 'ts-jest', 'next', 'vitest', 'esbuild', 'typescript', 'undici']
  const named = told.flatMap((name) => (versions[name] === undefined ? [] : [`${name} ${versions[name]}`]))
  return [`Node ${node.slice(1)}`, ...named].join(', ')
}
