/**
 * Which collection the API server keeps the objects of a kind in, by its own word: it knows kinds that no table of ours does.
 */
import type { V1APIResourceList } from '@kubernetes/client-node'
import type { Connection } from './connection.ts'
import type { Manifest } from './manifests.ts'
import { apiPath, type Reference } from './query.ts'

/** Finds objects by what their manifests say, and remembers what each version of an API has. */
export class Discovery {
  readonly #connection: Connection
  readonly #known = new Map<string, V1APIResourceList['resources']>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Where the object of a manifest is or will be. @throws Error if the API server does not know its kind */
  async reference({ apiVersion, kind, metadata }: Manifest, namespace: string): Promise<Reference> {
    const resource = (await this.#find(apiVersion, kind)) ?? (await this.#find(apiVersion, kind, 'anew'))
    if (resource === undefined) throw new Error(`${apiVersion} ${kind} (expected: a kind that the API server knows)`)
    const within = resource.namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? namespace)}` : ''
    return { path: `${apiPath(apiVersion)}${within}/${resource.name}`, name: metadata.name }
  }

  async #find(apiVersion: string, kind: string, how: 'remembered' | 'anew' = 'remembered') {
    const known = how === 'anew' ? undefined : this.#known.get(apiVersion)
    const resources = known ?? (await this.#ask(apiVersion))
    this.#known.set(apiVersion, resources)
    // `deployments/scale` and its like are views of another collection.
    return resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))
  }

  async #ask(apiVersion: string): Promise<V1APIResourceList['resources']> {
    const list = await this.#connection.whole<V1APIResourceList>({ method: 'GET', path: apiPath(apiVersion) })
    return list.resources
  }
}
