/**
 * What `npm test` says about the suite that it leaves out: a set-up file of vitest.
 */

/** Called by vitest once, after all tests. */
export function teardown(): void {
  console.warn(
    '\nSKIPPED: the suite on a real Kubernetes cluster. `npm run test:cluster` runs it; it needs Linux and Go (docs/cluster.md).\n',
  )
}
