/** A folder is a room whose list can be read at a glance. */
import { dirname } from 'node:path'
import type { Rule } from '../rule.ts'

/** Beyond this a folder is a list instead of a room. Tests do not count. */
const maxFiles = 12

/** Source files directly in each folder. */
export const folderSize: Rule = {
  name: `folders have at most ${maxFiles} source files`,
  check(checkout) {
    const sources = checkout.workspaces.flatMap((workspace) => checkout.sources(workspace))
    const counts = new Map<string, number>()
    for (const folder of sources.map((path) => dirname(path))) counts.set(folder, (counts.get(folder) ?? 0) + 1)
    return [...counts]
      .filter(([, count]) => count > maxFiles)
      .map(([file, count]) => ({ file, got: `${count} source files`, expected: `<= ${maxFiles}` }))
  },
}
