/** A decision is found by its date and known by its status; the index says the same as the record. */
import { basename } from 'node:path'
import type { Checkout } from '../checkout.ts'
import type { Complaint, Rule } from '../rule.ts'

const folder = 'decisions'
const index = `${folder}/README.md`

/** Names, status lines and index of the decision records. */
export const decisions: Rule = {
  name: 'decisions have a date and a status and stand in their index',
  check(checkout) {
    const records = checkout.files.filter((path) => path.startsWith(`${folder}/`) && path !== index)
    if (records.length === 0) return []
    const rows = checkout.exists(index)
      ? checkout
          .text(index)
          .split('\n')
          .filter((line) => line.startsWith('|'))
      : []
    return records.flatMap((path) => checkRecord(checkout, path, rows))
  },
}

function checkRecord(checkout: Checkout, file: string, rows: readonly string[]): readonly Complaint[] {
  const name = basename(file)
  const date = /^(\d{4}-\d{2}-\d{2})-[a-z0-9-]+\.md$/.exec(name)?.[1]
  if (date === undefined) return [{ file, got: `the name ${name}`, expected: 'YYYY-MM-DD-title.md' }]
  const text = checkout.text(file)
  const title = /^# (.+)$/m.exec(text)?.[1]
  if (title === undefined) return [{ file, got: 'no title', expected: '# and the decision in a line' }]
  const [, status, statusDate] = /^Status: ([^,\n]+), (\d{4}-\d{2}-\d{2})\b/m.exec(text) ?? []
  if (status === undefined || statusDate === undefined)
    return [{ file, got: 'no status', expected: 'a line `Status: accepted, YYYY-MM-DD`' }]
  const row = `| ${date} | [${title}](${name}) | ${status} |`
  if (rows.includes(row)) return []
  const found = rows.find((line) => line.includes(`(${name})`))
  return [{ file: index, got: found ?? `no row for ${name}`, expected: row }]
}
