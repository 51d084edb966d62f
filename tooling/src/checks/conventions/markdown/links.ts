/** A link in a Markdown file leads somewhere: to a file or folder of the repository, and to a heading that is there. */
import { dirname, join } from 'node:path'
import type { Checkout } from '../checkout.ts'
import type { Complaint, Rule } from '../rule.ts'
import { type Line, prose } from './prose.ts'

/** Links and images of every Markdown file, inline and by reference. Links that leave the repository are not followed. */
export const links: Rule = {
  name: 'links in Markdown lead somewhere',
  check(checkout) {
    return checkout.files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        prose(checkout.text(path)).flatMap((line) =>
          targetsOf(line).flatMap((target) => follow(checkout, path, line, target)),
        ),
      )
  },
}

function targetsOf({ text }: Line): readonly string[] {
  const plain = text.replaceAll(/(`+)[^`]*?\1/g, '')
  const inline = plain.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)
  const reference = plain.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/g)
  const html = plain.matchAll(/\b(?:href|src)="([^"]+)"/g)
  return [...inline, ...reference, ...html].flatMap(([, target]) => target ?? [])
}

function follow(checkout: Checkout, from: string, { number }: Line, target: string): readonly Complaint[] {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
  const [path = '', anchor] = decodeURIComponent(target).split('#')
  const file = `${from}:${number}`
  const to = path === '' ? from : path.startsWith('/') ? path.slice(1) : join(dirname(from), path)
  if (!isThere(checkout, to))
    return [{ file, got: `a link to ${target}`, expected: 'a file or folder of the repository' }]
  if (anchor === undefined || anchor === '' || !to.endsWith('.md')) return []
  const anchors = anchorsOf(checkout.text(to))
  if (anchors.has(anchor)) return []
  return [{ file, got: `a link to ${target}`, expected: `a heading of ${to}: ${[...anchors].join(', ')}` }]
}

/** Files and folders that are committed; what is built or installed is not there for a reader. Hidden ones are not listed. */
function isThere(checkout: Checkout, path: string): boolean {
  const plain = path.replace(/\/$/, '')
  if (plain === '.') return true
  const isListed = checkout.files.some((file) => file === plain || file.startsWith(`${plain}/`))
  return isListed || (/^\.[^./]/.test(plain) && checkout.exists(plain))
}

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces, a number for what repeats. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const found = new Map<string, number>()
  const anchors = new Set<string>()
  for (const { text } of prose(markdown)) {
    for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id)
    const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1]
    if (heading === undefined) continue
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/<[^>]+>/g, '')
    const slug = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    const times = found.get(slug) ?? 0
    found.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  return anchors
}
