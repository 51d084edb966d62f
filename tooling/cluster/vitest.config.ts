import { defineConfig } from 'vitest/config'

const conditions = ['source', 'node', 'import', 'module', 'default']

/** The suite that needs a cluster: `npm run test:cluster` runs it inside a namespace. Files share the addresses of one network, so one at a time. */
export default defineConfig({
  // As in the vitest.config.ts of the root: packages are their sources, and nothing has to be built.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root: import.meta.dirname,
    // Packages and applications that are tried on a cluster bring their own tests.
    include: ['suite/*.test.ts', '../../{packages,apps}/*/src/**/*.cluster.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    execArgv: ['--conditions=source'],
    // Longer than waiting for objects takes by default, so that its message is seen.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
