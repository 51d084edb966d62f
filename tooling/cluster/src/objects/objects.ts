/**
 * Everything that tests write to and read from the API server beside the code under test. They wait by watching, never by asking again.
 */
import { existsSync, readFileSync } from 'node:fs'
import { KubeConfig } from '@kubernetes/client-node'
import { Connection } from './connection.ts'
import { Discovery } from './discovery.ts'
import type { AnyObject } from './kinds.ts'
import { type Manifests, objectsIn } from './manifests.ts'
import { collectionPath, type ObjectOf, objectPath, type Query, type Reference } from './query.ts'
import { type Recording, record, startRecording } from './recording.ts'
import { Refusal } from './refusal.ts'
import type { WaitOptions } from './wait.ts'

/** Where the API server is, by what it is known, and who asks. */
export interface ServerOptions {
  /** Such as `https://198.18.254.1:6443`. */
  readonly server: string
  /** PEM, or the path of a file with it. */
  readonly certificateAuthority: string
  readonly token: string
}

// Owner of the fields that tests apply: they are changed by applying again, and what is left out goes.
const fieldManager = 'evenkeel-cluster'

/** The objects of a cluster, as one user may see and change them. Whatever the API server refuses is thrown as a `Refusal`. */
export class Objects {
  readonly #connection: Connection
  readonly #discovery: Discovery

  private constructor(config: KubeConfig) {
    this.#connection = new Connection(config)
    this.#discovery = new Discovery(this.#connection)
  }

  /** As the owner of a token. */
  static at({ server, certificateAuthority, token }: ServerOptions): Objects {
    const pem = certificateAuthority.includes('-----BEGIN') ? certificateAuthority : readPem(certificateAuthority)
    const config = new KubeConfig()
    config.loadFromClusterAndUser(
      { name: 'cluster', server, caData: Buffer.from(pem).toString('base64'), skipTLSVerify: false },
      { name: 'user', token },
    )
    return new Objects(config)
  }

  /** As the user of a kubeconfig. @param path of the file */
  static fromKubeconfig(path: string): Objects {
    if (!existsSync(path)) throw new Error(`kubeconfig: ${path} (expected: the path of a file)`)
    const config = new KubeConfig()
    config.loadFromFile(path)
    return new Objects(config)
  }

  /** The same API server for somebody else. */
  as(token: string): Objects {
    const cluster = this.#connection.config.getCurrentCluster()
    if (cluster === null) throw new Error('kubeconfig: no current cluster (expected: a current context)')
    const config = new KubeConfig()
    config.loadFromClusterAndUser(cluster, { name: 'user', token })
    return new Objects(config)
  }

  /** A real token of a service account, bound to nothing but it. */
  async token(serviceAccount: string, namespace = 'default'): Promise<string> {
    const path = `${objectPath({ kind: 'serviceaccounts', namespace, name: serviceAccount })}/token`
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
    const { status } = await this.#connection.whole<{ status: { token: string } }>({ method: 'POST', path, body })
    return status.token
  }

  /** Makes each object what its manifest says (server-side apply), one after another. @returns the objects as they are then */
  async apply(manifests: Manifests, namespace = 'default'): Promise<readonly AnyObject[]> {
    const applied: AnyObject[] = []
    for (const manifest of objectsIn(manifests)) {
      const path = objectPath(await this.#discovery.reference(manifest, namespace))
      const parameters = { fieldManager, force: 'true' }
      const contentType = 'application/apply-patch+yaml'
      applied.push(
        await this.#connection.whole<AnyObject>({ method: 'PATCH', path, parameters, contentType, body: manifest }),
      )
    }
    return applied
  }

  /** Deletes one object, or all that manifests name, the last one first; what is gone already is as it should be. Pods take their grace period. */
  async remove(which: Reference | Manifests, namespace = 'default'): Promise<void> {
    for (const reference of await this.#references(which, namespace)) {
      try {
        await this.#connection.whole({ method: 'DELETE', path: objectPath(reference) })
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 404)) throw error
      }
    }
  }

  /** All objects of a query, once. */
  async list<const Q extends Query>(query: Q): Promise<readonly ObjectOf<Q>[]> {
    const { labelSelector, fieldSelector } = query
    const parameters = { labelSelector, fieldSelector }
    const { items } = await this.#connection.whole<{ items: readonly ObjectOf<Q>[] }>({
      method: 'GET',
      path: collectionPath(query),
      parameters,
    })
    return items
  }

  /** One object, once. */
  get<const R extends Reference>(reference: R): Promise<ObjectOf<R>> {
    return this.#connection.whole({ method: 'GET', path: objectPath(reference) })
  }

  /** Changes what the patch says and nothing else (JSON merge patch: null takes away, lists are replaced). @returns the object as it is then */
  patch<const R extends Reference>(reference: R, patch: object): Promise<ObjectOf<R>> {
    const contentType = 'application/merge-patch+json'
    return this.#connection.whole({ method: 'PATCH', path: objectPath(reference), contentType, body: patch })
  }

  /** Waits for the first state, all objects of the query, that fulfils a condition. @throws Error at the deadline, with the last state */
  async until<const Q extends Query>(
    query: Q,
    holds: (objects: readonly ObjectOf<Q>[]) => boolean,
    options: WaitOptions = {},
  ): Promise<readonly ObjectOf<Q>[]> {
    const { what = String(holds) } = options
    using recording = startRecording<ObjectOf<Q>>(this.#connection, query)
    // Whatever came since the last look is looked at once.
    let seen = 0
    let found: readonly ObjectOf<Q>[] | undefined
    const isFound = (states: readonly (readonly ObjectOf<Q>[])[]): boolean => {
      while (found === undefined && seen < states.length) {
        const state = states[seen++] as readonly ObjectOf<Q>[]
        if (holds(state)) found = state
      }
      return found !== undefined
    }
    await recording.until(isFound, { ...options, what })
    return found as unknown as readonly ObjectOf<Q>[]
  }

  /** Records the states of a query from now on, for facts about a sequence. */
  record<const Q extends Query>(query: Q): Promise<Recording<ObjectOf<Q>>> {
    return record(this.#connection, query)
  }

  async #references(which: Reference | Manifests, namespace: string): Promise<readonly Reference[]> {
    if (typeof which === 'object' && 'name' in which) return [which]
    const found: Reference[] = []
    for (const manifest of objectsIn(which)) found.unshift(await this.#discovery.reference(manifest, namespace))
    return found
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`certificateAuthority: ${path} (expected: PEM, or the path of a file with it)`, { cause: error })
  }
}
