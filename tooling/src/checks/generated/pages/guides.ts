/** `guides FOLDER`: every page of a folder and below it, with its first sentence. Links are for a page in that folder. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { table } from '../../../markdown/table.ts'
import type { Generate } from '../../generated.ts'

/** A row per page but the index itself. */
export const generate: Generate = ({ root, parameters: [folder = ''] }) => {
  const pages = globSync('**/*.md', { cwd: join(root, folder) }).filter((path) => path !== 'README.md')
  if (pages.length === 0) throw new Error(`${folder} has no pages (expected: a folder with Markdown files)`)
  const rows = pages.sort().map((path) => {
    const text = readFileSync(join(root, folder, path), 'utf8')
    const [, title] = /^# (.+)$/m.exec(text) ?? []
    if (title === undefined) throw new Error(`${folder}/${path} has no title (expected: a line that begins with #)`)
    return [`[${title}](${path})`, firstSentence(text)]
  })
  return table(['page', 'begins with'], rows)
}

/** Of the first paragraph; a page that begins with something else has none. */
function firstSentence(text: string): string {
  const [, paragraph = ''] = text.slice(text.search(/^# /m)).split(/\n{2,}/)
  if (/^(#|<|\||-|```)/.test(paragraph)) return ''
  const [sentence = ''] = /^.*?[.:!?](?=\s|$)/s.exec(paragraph) ?? []
  return sentence
    .replace(/:$/, '.')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll('\n', ' ')
}
