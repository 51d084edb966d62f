/** What the words behind a fence's marks ask for. */
import type { Fence, Problem } from './fence.ts'
import type { Page } from './pages.ts'

/** A fence with code that somebody might copy. */
export interface Example {
  /** From the root. */
  readonly file: string
  /** Of its first line of code. */
  readonly line: number
  readonly language: 'ts' | 'js' | 'cjs'
  readonly code: string
  readonly claim: Claim
}

/** What the page claims about the code. */
export type Claim =
  | { readonly kind: 'compiles' }
  /** `ts fails REASON`: it must not. */
  | { readonly kind: 'fails' }
  /** `ts run`: and what it prints, if the next fence is a `text`. */
  | { readonly kind: 'runs'; readonly output: string | undefined }

/** The examples of a page and what is wrong with its info words. */
export interface PageExamples {
  readonly examples: readonly Example[]
  readonly problems: readonly Problem[]
}

const languages = ['ts', 'js', 'cjs'] as const
/** Read by nobody but the reader. Longer names of our languages are not among them: their code would escape. */
const others = ['sh', 'text', 'json', 'yaml', 'dockerfile', 'diff', 'mermaid']

/** Reads the info words of a page. */
export function examplesOf({ file, fences }: Page): PageExamples {
  const examples: Example[] = []
  const problems: Problem[] = []
  for (const [index, fence] of fences.entries()) {
    const { info, line } = fence
    const [first, ...words] = info === '' ? [] : info.split(/\s+/)
    const language = languages.find((name) => name === first)
    if (language === undefined) {
      const known = others.some((name) => name === info)
      if (!known)
        problems.push({ file, line, text: `fence "${info}" (expected: ${[...languages, ...others].join(', ')})` })
      continue
    }
    const claim = claimOf(language, words, fences[index + 1])
    if (typeof claim === 'string') problems.push({ file, line, text: `fence "${info}" (expected: ${claim})` })
    else examples.push({ file, line: line + 1, language, code: fence.text, claim })
  }
  return { examples, problems }
}

/** The claim, or what was expected instead of the words. */
function claimOf(language: string, words: readonly string[], next: Fence | undefined): Claim | string {
  const [word, ...reason] = words
  if (word === undefined) return { kind: 'compiles' }
  if (word === 'run' && reason.length === 0)
    return { kind: 'runs', output: next?.info === 'text' ? next.text : undefined }
  if (word === 'fails' && language === 'ts') return reason.length > 0 ? { kind: 'fails' } : 'ts fails and the reason'
  return language === 'ts' ? 'ts, ts run, ts fails and the reason' : `${language}, ${language} run`
}
