/** The lines of a Markdown text that are prose: outside of code fences and comments. */

/** One line. */
export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
}

/** Every line outside of fences; comments are blanked, over several lines too. */
export function prose(markdown: string): readonly Line[] {
  const visible = markdown.replaceAll(/<!--[\s\S]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, ''))
  const lines: Line[] = []
  let fence: string | undefined
  for (const [index, text] of visible.split('\n').entries()) {
    const [, mark] = /^\s*(`{3,}|~{3,})/.exec(text) ?? []
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && text.trim() === mark) fence = undefined
    } else if (mark !== undefined) fence = mark
    else lines.push({ number: index + 1, text })
  }
  return lines
}
