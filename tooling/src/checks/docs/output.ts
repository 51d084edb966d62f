/** What a program printed beside what its page says that it prints. */

/** Stands for anything within a line: a port, a time. */
const anything = '…'

/** The first difference, in words; undefined if there is none. White space at the end of the whole does not count. */
export function outputDifference(printed: string, promised: string): string | undefined {
  const [found, expected] = [printed.trimEnd().split('\n'), promised.trimEnd().split('\n')]
  const length = Math.max(found.length, expected.length)
  for (let at = 0; at < length; at++) {
    const [line, pattern] = [found[at], expected[at]]
    if (line !== undefined && pattern !== undefined && matches(line, pattern)) continue
    return `prints in line ${at + 1} ${quote(line)} (expected: ${quote(pattern)})`
  }
  return undefined
}

function matches(line: string, pattern: string): boolean {
  const parts = pattern.split(anything).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(line)
}

function quote(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line)
}
