/**
 * What a package shows to its users, committed: `packages/<folder>/api.md` lists every declaration that its entry points export,
 * so that a change of the surface is seen in review and never happens by accident.
 *
 * - The report comes from the built declarations, sorted by name, members in their order, without comments and private members,
 *   in the repository's format.
 * - A type that an exported declaration mentions is exported as well; else users meet values whose type they cannot name.
 * - A change of a report comes with a changeset.
 *
 * After a build: `node tooling/src/checks/api-report.ts` checks, `node tooling/src/checks/api-report.ts --write` writes.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { StepOutcome } from '../steps.ts'
import { missingChangeset } from './api-report/changeset.ts'
import { reportOn } from './api-report/report.ts'

/** Compares every committed report with the declarations, and asks for the changeset of one that changed. Needs a build. */
export function checkApiReports(root: string): StepOutcome {
  return outcome(root, (folder) => {
    const { text, complaints } = reportOn(root, folder)
    return [...complaints, ...difference(root, folder, text), ...missingChangeset(root, folder)]
  })
}

/** Writes every report, and complains only about what writing does not mend. Needs a build. */
export function writeApiReports(root: string): StepOutcome {
  return outcome(root, (folder) => {
    const { text, complaints } = reportOn(root, folder)
    writeFileSync(pathOf(root, folder), text)
    return [...complaints, ...missingChangeset(root, folder)]
  })
}

function outcome(root: string, complain: (folder: string) => readonly string[]): StepOutcome {
  const complaints = readdirSync(join(root, 'packages')).flatMap((folder) => {
    try {
      return complain(folder)
    } catch (error) {
      return [`packages/${folder}: ${error instanceof Error ? error.message : error}`]
    }
  })
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** The first line that differs says which declaration to look at. */
function difference(root: string, folder: string, text: string): readonly string[] {
  const path = `packages/${folder}/api.md`
  if (!existsSync(join(root, path))) return [`${path}: missing (expected: written by api-report.ts --write)`]
  const committed = readFileSync(join(root, path), 'utf8').split('\n')
  const current = text.split('\n')
  const index = current.findIndex((line, at) => line !== committed[at])
  const first = index === -1 && committed.length > current.length ? current.length : index
  if (first === -1) return []
  return [`${path}:${first + 1}: ${quoted(committed[first])} (expected: ${quoted(current[first])})`]
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'the end' : `"${line.trim()}"`
}

function pathOf(root: string, folder: string): string {
  return join(root, 'packages', folder, 'api.md')
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { write: { type: 'boolean' } } })
  const run = values.write ? writeApiReports : checkApiReports
  const { ok, output } = run(join(import.meta.dirname, '../../..'))
  if (output !== '') console.log(output)
  if (!ok) process.exitCode = 1
}
