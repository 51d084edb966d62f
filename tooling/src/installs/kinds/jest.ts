/** Jest without TypeScript and without flags: it has a module system of its own, which follows `require` to our CommonJS. */
import type { Kind } from '../kind.ts'
import { asCommonJs } from '../program.ts'

// Jest gives a test globals of its own, but Node's fetch, whose `Error` is another one than the test's.
const builtIn = `const { once } = require('node:events')
const { createServer } = require('node:http')
const { staticEndpoints } = require('@evenkeel/core')
const { BalancedAgent } = require('@evenkeel/http-transport')

test('the fetch built into Node takes the dispatcher, and tells of an error of ours in words only', async () => {
  const server = createServer((_, answer) => answer.end('one')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const resolver = staticEndpoints({ users: ['127.0.0.1:' + server.address().port], nobody: ['127.0.0.1:1'] })
  const dispatcher = new BalancedAgent({ resolver })
  try {
    expect(await (await fetch('http://users/', { dispatcher })).text()).toBe('one')
    const { cause } = await fetch('http://nobody/', { dispatcher }).catch((reason) => reason)
    expect(String(cause)).toContain('EVENKEEL_CONNECT_FAILED')
    expect(cause.code).toBe(undefined)
  } finally {
    await dispatcher.close()
    server.close()
  }
})
`

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
    'built-in.test.js': builtIn,
  }),
  commands: [['jest', '--ci']],
}
