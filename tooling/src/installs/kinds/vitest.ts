/** Vitest as it comes, without a configuration. */
import type { Kind } from '../kind.ts'

/** A test in TypeScript. */
export const vitest: Kind = {
  name: 'vitest-5',
  project: 'TypeScript, Vitest 5',
  does: 'vitest run',
  when: 'commit',
  dependencies: { vitest: '5' },
  manifest: { type: 'module' },
  files: ({ text, says }) => ({
    'visit.ts': text,
    'visit.test.ts': `import { expect, test } from 'vitest'
import { visit } from './visit.ts'
test('visits', async () => {
  const said = await visit()
  console.info(said)
  expect(said).toBe(${JSON.stringify(says)})
})
`,
  }),
  commands: [['vitest', 'run']],
}
