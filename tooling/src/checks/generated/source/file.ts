/** `file PATH`: a file of the repository as it is, so that what a page shows is what programs use. */
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Generate } from '../../generated.ts'

/** A fence with the file in it, in the language that its name ends with. */
export const generate: Generate = ({ root, parameters: [path = ''] }) => {
  if (path === '' || !existsSync(join(root, path))) throw new Error(`${path} (expected: a file, from the root)`)
  return `\`\`\`${extname(path).slice(1)}\n${readFileSync(join(root, path), 'utf8').trimEnd()}\n\`\`\``
}
