/**
 * Pods as the play looks at them.
 */

/** A pod of the shop. */
export interface Pod {
  readonly name: string
  /** Name of its Deployment. */
  readonly app: string
  /** Undefined until it has one. */
  readonly address: string | undefined
  readonly state: 'starting' | 'ready' | 'terminating'
}

/** What Kubernetes says of a pod, as far as it is read. */
export interface SentPod {
  readonly metadata?: {
    readonly name?: string | undefined
    readonly labels?: Readonly<Record<string, string>> | undefined
    readonly deletionTimestamp?: string | undefined
  }
  readonly status?: {
    readonly podIP?: string | undefined
    readonly conditions?: readonly { readonly type: string; readonly status: string }[] | undefined
  }
}

/** The pods of a list, by Deployment and name. */
export function podsIn(sent: readonly SentPod[]): readonly Pod[] {
  return sent.map(podOf).sort((one, other) => (one.app + one.name < other.app + other.name ? -1 : 1))
}

function podOf({ metadata = {}, status = {} }: SentPod): Pod {
  const { name = '', labels = {}, deletionTimestamp } = metadata
  const ready =
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false
  return {
    name,
    app: labels['app.kubernetes.io/name'] ?? '',
    address: status.podIP,
    state: deletionTimestamp !== undefined ? 'terminating' : ready ? 'ready' : 'starting',
  }
}
