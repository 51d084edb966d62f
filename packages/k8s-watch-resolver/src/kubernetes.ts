/**
 * The resolver: names of Services to endpoints, through watches of EndpointSlices. One for all transports of a process; what they ask for in common is
 * watched once.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  EvenkeelError,
  events,
  type Observer,
  type Resolver,
  SetPublisher,
  type Target,
  type Watch,
} from '@evenkeel/core'
import { findServer } from './access/access.ts'
import type { ApiServer } from './access/api-server.ts'
import { serviceAccountFolder, tokenFile } from './access/credentials/in-cluster.ts'
import { clusterVariables } from './access/environment.ts'
import { kubernetesEvents } from './events.ts'
import { type KubernetesOptions, type Settings, settingsOf } from './options.ts'
import { type OwnPlace, ownPlace } from './own-place.ts'
import { type NamespaceReport, NamespaceStreams } from './sharing/namespace-streams.ts'
import { OpenWatch } from './sharing/open-watch.ts'
import { addressRule } from './slices/address-rule.ts'
import { ServiceSlices } from './slices/service-slices.ts'

/** How the resolver stands. Holds no token. */
export interface KubernetesReport {
  /** Address of the API server; undefined before it is found, and where there is none. */
  readonly server: string | undefined
  /** Why there is none. */
  readonly reason: string | undefined
  /** The own namespace, where it is known. */
  readonly namespace: string | undefined
  /** Node and zone of this process, where they are known. */
  readonly self: OwnPlace
  /** Those in which something is followed, or was a moment ago. */
  readonly namespaces: readonly NamespaceReport[]
}

/** Endpoints of Kubernetes Services. */
export interface Kubernetes extends Resolver, AsyncDisposable {
  /** How it stands: streams, their ages and counts, and what is followed. */
  inspect(): KubernetesReport
  /** Ends all watches; nothing is left running. */
  close(): Promise<void>
}

/**
 * Watches EndpointSlices. In a pod it needs nothing but a Role that lets its service account `list` and `watch` them.
 *
 * Claims the names of Services in its namespaces, and none where there is no API server; it says so once.
 * @throws EvenkeelError `EVENKEEL_INVALID_OPTION`
 */
export function kubernetes(options: KubernetesOptions = {}): Kubernetes {
  return new KubernetesResolver(settingsOf(options))
}

class KubernetesResolver implements Kubernetes {
  readonly #settings: Settings
  readonly #presence: Presence
  readonly #isAllowed: (address: string) => boolean
  readonly #namespaces = new Map<string, NamespaceStreams>()
  readonly #watches = new Set<OpenWatch>()
  readonly #manners = { watchList: true }
  readonly #place: OwnPlace
  #server: ApiServer | undefined
  #finding: Promise<ApiServer> | undefined
  #reason: string | undefined
  #isClosed = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#isAllowed = addressRule({ allow: settings.allowAddresses })
    this.#place = ownPlace(settings.self)
    this.#presence = presenceOf(settings)
    if (this.#presence.reason !== undefined) this.#sayNone(this.#presence.reason)
  }

  claims({ namespace }: Target): boolean {
    if (this.#reason !== undefined || this.#isClosed) return false
    const own = this.#namespace
    const asked = namespace ?? own
    const { namespaces } = this.#settings
    if (namespaces !== undefined) return asked !== undefined && namespaces.includes(asked)
    return namespace === undefined || namespace === own
  }

  watch(target: Target, observer: Observer): Watch {
    if (this.#isClosed) throw new EvenkeelError('EVENKEEL_CLOSED', 'the resolver was closed', { fault: 'caller' })
    const { service, port } = target
    const watch = new OpenWatch({
      clock: this.#settings.clock,
      open: async () => {
        const server = await this.#find()
        const namespace = target.namespace ?? this.#namespace ?? 'default'
        const followed = this.#streamsOf(namespace, server).follow(service)
        return { followed, kit: this.#kit(server), namespace, service, port }
      },
      observer,
      failed: (error) => void new SetPublisher(observer).fail(error),
      ended: () => void this.#watches.delete(watch),
    })
    this.#watches.add(watch)
    return watch
  }

  inspect(): KubernetesReport {
    return {
      server: this.#server?.url,
      reason: this.#reason,
      namespace: this.#namespace,
      self: this.#self(),
      namespaces: [...this.#namespaces.values()].map((streams) => streams.inspect()),
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#watches].map((watch) => watch[Symbol.asyncDispose]()))
    await Promise.all([...this.#namespaces.values()].map((streams) => streams.close()))
    const server = await this.#finding?.catch(() => undefined)
    await server?.[Symbol.asyncDispose]()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #namespace(): string | undefined {
    return this.#server?.namespace ?? this.#presence.namespace
  }

  #kit(server: ApiServer) {
    const { clock, random } = this.#settings
    return { server, manners: this.#manners, clock, random }
  }

  #find(): Promise<ApiServer> {
    this.#finding ??= this.#found()
    return this.#finding
  }

  async #found(): Promise<ApiServer> {
    const { access, clock } = this.#settings
    const found = await findServer(access, { clock, warn: (text) => warn('EVENKEEL_KUBERNETES_ACCESS', text) })
    if (found.kind === 'none') {
      this.#sayNone(found.reason)
      throw new Error(found.reason)
    }
    this.#server = found.server
    return found.server
  }

  #streamsOf(namespace: string, server: ApiServer): NamespaceStreams {
    const known = this.#namespaces.get(namespace)
    if (known !== undefined) return known
    const { mostStreams, lingerMs } = this.#settings
    const streams = new NamespaceStreams({
      ...this.#kit(server),
      namespace,
      mostStreams,
      lingerMs,
      makeSlices: (service) => this.#makeSlices(namespace, service),
    })
    this.#namespaces.set(namespace, streams)
    return streams
  }

  #makeSlices(namespace: string, service: string): ServiceSlices {
    const { clock, holdMs, family, wallTime } = this.#settings
    return new ServiceSlices({
      ...{ clock, holdMs, family, isAllowed: this.#isAllowed },
      warn: (text) => warn('EVENKEEL_KUBERNETES_SLICES', text, `${service}.${namespace}`),
      lag: {
        wallNow: wallTime,
        lagged: (lagMs) => {
          if (kubernetesEvents.lag.hasSubscribers) kubernetesEvents.lag.publish({ namespace, service, lagMs })
        },
      },
    })
  }

  #self(): OwnPlace {
    const { node, zone } = this.#place
    if (node === undefined || zone !== undefined) return this.#place
    for (const streams of this.#namespaces.values()) {
      const found = streams.zoneOf(node)
      if (found !== undefined) return { node, zone: found }
    }
    return this.#place
  }

  #sayNone(reason: string): void {
    this.#reason = reason
    warn('EVENKEEL_KUBERNETES_NONE', `no Kubernetes API server: ${reason}; no name is claimed`)
  }
}

/** What can be seen at once, since an agent asks `claims` before it can wait. */
interface Presence {
  /** Why there is no API server. */
  readonly reason: string | undefined
  readonly namespace: string | undefined
}

function presenceOf({ access }: Settings): Presence {
  const { host, kubeconfigs } = clusterVariables()
  const isInPod = host !== undefined && existsSync(tokenFile(serviceAccountFolder))
  if (access === 'in-cluster' || (access === 'auto' && isInPod))
    return { reason: undefined, namespace: namespaceInPod() }
  if (access !== 'auto') return { reason: undefined, namespace: 'url' in access ? access.namespace : undefined }
  if (kubeconfigs.some((path) => existsSync(path))) return { reason: undefined, namespace: undefined }
  return { reason: 'this is no pod with a service account, and there is no kubeconfig', namespace: undefined }
}

function namespaceInPod(): string | undefined {
  try {
    return readFileSync(join(serviceAccountFolder, 'namespace'), 'utf8').trim()
  } catch {
    return undefined
  }
}

function warn(code: string, text: string, service?: string): void {
  if (events.warning.hasSubscribers) events.warning.publish({ code, service, text })
}
