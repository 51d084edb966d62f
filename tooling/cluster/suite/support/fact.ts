/**
 * Facts about Kubernetes, each with the document that it comes from, told of the cluster of this harness. The facts of a file run at the same time, each
 * in a namespace of its own: most of the time they wait for something to happen.
 */
import { afterAll, beforeAll, test } from 'vitest'
import { type Cluster, type ClusterOptions, type Objects, startCluster } from '../../src/index.ts'

/** Where a fact is tried. */
export interface Place {
  readonly cluster: Cluster
  readonly objects: Objects
  /** A namespace of its own, which goes when the fact has been tried. */
  readonly namespace: string
}

/** States one fact. `document` is the address of what says so. */
export type Fact = (title: string, document: string, holds: (place: Place) => Promise<void>) => void

/** The facts of one file, told of one cluster. */
export function factsOf(options: ClusterOptions = {}): Fact {
  let cluster: Cluster
  let count = 0
  beforeAll(async () => {
    cluster = await startCluster(options)
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
  })
  return (title, document, holds) => {
    count++
    const namespace = `fact-${count}`
    test.concurrent(title, async ({ task }) => {
      task.meta.document = document
      const { objects } = cluster
      await objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
      // A pod is refused until its namespace has an account for it.
      await objects.until({ kind: 'serviceaccounts', namespace }, (accounts) =>
        accounts.some(({ metadata }) => metadata?.name === 'default'),
      )
      try {
        await holds({ cluster, objects, namespace })
      } finally {
        await objects.remove({ kind: 'namespaces', name: namespace })
      }
    })
  }
}
