/**
 * Syntax, example by example. The compiler stops at the first file that it cannot parse and types none of the others, so those with such an error are kept
 * from it.
 */
import { parse } from '@babel/parser'
import type { Example } from './example.ts'
import type { Problem } from './fence.ts'

/** The error in an example's syntax, at its line of the page; undefined if there is none. */
export function syntaxProblem({ file, line, language, code }: Example): Problem | undefined {
  try {
    parse(code, {
      sourceType: language === 'cjs' ? 'commonjs' : 'module',
      plugins: language === 'ts' ? ['typescript'] : [],
    })
    return undefined
  } catch (error) {
    const { message, loc } = error as Error & { readonly loc?: { readonly line: number } }
    return { file, line: line + (loc?.line ?? 1) - 1, text: message.replace(/ \(\d+:\d+\)$/, '') }
  }
}
