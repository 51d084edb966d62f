import { defineConfig } from 'vitest/config'

/** The suite that needs a cluster: `npm run test:cluster` runs it inside a namespace. Files share the addresses of one network, so one at a time. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['suite/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    execArgv: ['--conditions=source'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
