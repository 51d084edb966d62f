/** A file holds one idea. The hard limit catches the one that grew; the median keeps a package from being made of its like. */
import type { Rule } from '../rule.ts'

/** Beyond this a file holds more than one idea. Tests do not count. */
const maxLines = 300
/** What a file of one idea has, in the codebases that read best. */
const maxMedian = 100

/** Lines of sources, and their median in each package. */
export const fileSize: Rule = {
  name: `files have at most ${maxLines} lines, half of them at most ${maxMedian}`,
  check(checkout) {
    const long = checkout.workspaces
      .flatMap((workspace) => checkout.sources(workspace))
      .map((file) => ({ file, lines: checkout.lines(file) }))
      .filter(({ lines }) => lines > maxLines)
      .map(({ file, lines }) => ({ file, got: `${lines} lines`, expected: `<= ${maxLines}` }))
    const heavy = checkout.packages
      .map((folder) => ({ folder, median: median(checkout.sources(folder).map((file) => checkout.lines(file))) }))
      .filter((found) => found.median > maxMedian)
      .map((found) => ({
        file: `${found.folder}/src`,
        got: `median of ${found.median} lines`,
        expected: `<= ${maxMedian}`,
      }))
    return [...long, ...heavy]
  },
}

/** The middle one; of two the larger, so that the bound errs on the strict side. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((first, second) => first - second)[Math.floor(numbers.length / 2)] ?? 0
}
