import { defineConfig } from 'vitest/config'

/**
 * One run for the whole repository. The condition `source` resolves every workspace package to its TypeScript, so that no
 * test needs a build; `execArgv` hands the same condition to workers and to the processes they fork.
 */
export default defineConfig({
  resolve: { conditions: ['source', 'node', 'import', 'module', 'default'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'tooling/src/**/*.test.ts',
      'tooling/cluster/src/**/*.test.ts',
    ],
    globalSetup: ['tooling/cluster/src/suite/skipped.ts'],
    exclude: ['**/node_modules/**', '**/*.cluster.test.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
  },
})
