/**
 * The generated blocks of a Markdown file: what stands between a line `<!-- generated: NAME arguments -->` and the next line
 * `<!-- end generated -->`. Markers inside code fences are text.
 */

/** One block. Lines count from 1. */
export interface Block {
  readonly name: string
  readonly parameters: readonly string[]
  /** Line of the opening marker. */
  readonly line: number
  /** Line of the closing marker. */
  readonly end: number
  /** What stands between the markers, without the empty lines at its edges. */
  readonly content: string
}

const opening = /^<!-- generated: *(\S.*?) *-->$/
const closing = /^<!-- end generated -->$/
// What was meant as a marker and is none must not pass for text: nobody would notice that a block is never looked at.
const almost = /^\s*<!--\s*(end\s+)?generated\b/i

/**
 * All blocks, in their order.
 * @throws Error that names the line of a marker that is left open, stands alone, or is misspelt.
 */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { readonly words: readonly string[]; readonly line: number } | undefined
  let fence: string | undefined
  const lines = markdown.split('\n')
  for (const [index, text] of lines.entries()) {
    const line = index + 1
    const [mark] = /^ {0,3}(`{3,}|~{3,})/.exec(text) ?? []
    if (fence !== undefined || mark !== undefined) {
      fence = fence === undefined ? mark?.trim() : text.trim() === fence ? undefined : fence
      continue
    }
    const words = opening.exec(text)?.[1]?.split(/\s+/)
    if (words !== undefined) {
      if (open !== undefined) throw new Error(leftOpen(open))
      open = { words, line }
    } else if (closing.test(text)) {
      if (open === undefined) throw new Error(`line ${line}: an end without a beginning`)
      const [name = '', ...parameters] = open.words
      blocks.push({
        name,
        parameters,
        line: open.line,
        end: line,
        content: lines.slice(open.line, index).join('\n').trim(),
      })
      open = undefined
    } else if (almost.test(text)) {
      throw new Error(`line ${line}: ${text.trim()} (expected: <!-- generated: NAME --> or <!-- end generated -->)`)
    }
  }
  if (open !== undefined) throw new Error(leftOpen(open))
  return blocks
}

/** The same Markdown with another content in each block, by their order. */
export function withContents(markdown: string, blocks: readonly Block[], contents: readonly string[]): string {
  const lines = markdown.split('\n')
  // From the last to the first, so that the lines of those in front keep their numbers.
  for (const [index, { line, end }] of [...blocks.entries()].reverse())
    lines.splice(line, end - line - 1, '', ...(contents[index] ?? '').split('\n'), '')
  return lines.join('\n')
}

function leftOpen({ words, line }: { readonly words: readonly string[]; readonly line: number }): string {
  return `line ${line}: the block \`${words.join(' ')}\` is left open (expected: <!-- end generated --> before the next block and the end)`
}
