/** Every kind of project, in the order of the table. */
import type { Kind } from './kind.ts'
import { esbuild } from './kinds/esbuild.ts'
import { jest } from './kinds/jest.ts'
import { nest } from './kinds/nest.ts'
import { next } from './kinds/next.ts'
import { commonJs, esModules, everyNode } from './kinds/plain.ts'
import { twoCopies } from './kinds/two-copies.ts'
import { everyTypeScript } from './kinds/typescript.ts'
import { vitest } from './kinds/vitest.ts'

/** All of them; a new one is one file in `kinds/` and a name here. */
export const kinds: readonly Kind[] = [
  esModules,
  commonJs,
  ...everyNode,
  ...everyTypeScript,
  nest,
  jest,
  vitest,
  esbuild,
  next,
  twoCopies,
]

/** The kinds named, or all, or those of every commit. Throws for a name that no kind has. */
export function chooseKinds(names: readonly string[], extent: 'commit' | 'all'): readonly Kind[] {
  const known = kinds.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`--kind ${unknown} (expected: one of ${known.join(', ')})`)
  if (names.length > 0) return kinds.filter(({ name }) => names.includes(name))
  return kinds.filter(({ when }) => extent === 'all' || when === 'commit')
}
