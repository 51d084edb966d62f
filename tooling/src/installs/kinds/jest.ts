/** Jest without TypeScript and without flags: it has a module system of its own, which follows \`require\` to our CommonJS. */
import type { Kind } from '../kind.ts'
import { asCommonJs } from '../program.ts'

/** The newest Jest 30, on the oldest supported Node: there it cannot require an ES module at all. */
export const jest: Kind = {
  name: 'jest-30',
  project: 'JavaScript, CommonJS, Jest 30 on Node 22.19.0',
  does: 'jest',
  when: 'night',
  node: '22.19.0',
  dependencies: { jest: '30' },
  files: ({ text, says }) => ({
    'visit.js': asCommonJs(text),
    'visit.test.js': `const { visit } = require('./visit')
test('visits', async () => {
  const said = await visit()
  console.info(said)
  expect(said).toBe(${JSON.stringify(says)})
})
`,
  }),
  commands: [['jest', '--ci']],
}
