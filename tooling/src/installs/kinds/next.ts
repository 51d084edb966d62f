/** A route handler of Next.js, in a production build. */
import type { Kind } from '../kind.ts'
import { asJavaScript } from '../program.ts'

/** Too heavy for every commit: see `docs/installing.md` for what it takes. */
export const next: Kind = {
  name: 'next-16',
  project: 'Next.js 16, a route handler of the app router',
  does: 'next build, then an HTTP request to the route',
  when: 'night',
  dependencies: { next: '16', react: '19', 'react-dom': '19' },
  files: ({ text }) => ({
    'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>\n',
    'app/page.js': 'export default () => <p>nothing here</p>\n',
    'app/visit/route.js': `import { visit } from '../../visit.js'
export const dynamic = 'force-dynamic'
export async function GET() {
  return new Response(await visit())
}
`,
    'visit.js': asJavaScript(text),
    'request.mjs': `import { createServer } from 'node:http'
import next from 'next'
const app = next({ dev: false })
await app.prepare()
const server = createServer(app.getRequestHandler()).listen(0, '127.0.0.1', async () => {
  console.log(await (await fetch(\`http://127.0.0.1:\${server.address().port}/visit\`)).text())
  process.exit()
})
`,
  }),
  commands: [
    ['next', 'build'],
    ['node', 'request.mjs'],
  ],
}
