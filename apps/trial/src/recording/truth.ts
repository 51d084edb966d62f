/**
 * What the API server says of the pods of a Service, independently of our resolver.
 */

/** A slice, as far as it is read. */
export interface SeenSlice {
  /** The API server writes none as null. */
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[]
        readonly conditions?:
          | { readonly ready?: boolean | undefined; readonly terminating?: boolean | undefined }
          | undefined
      }[]
    | null
    | undefined
}

/** What a slice says of a pod. */
export type PodState = 'ready' | 'unready' | 'terminating'

/** Pods by address. */
export type Pods = ReadonlyMap<string, PodState>

/** The pods at a moment. */
export interface TruthState {
  /** When the state came here. It was written some milliseconds before, by a process of this machine. */
  readonly at: number
  readonly pods: Pods
}

/** The pods of all slices of a Service. An address that is in two of them is ready if one of them says so. */
export function podsIn(slices: readonly SeenSlice[]): Pods {
  const found = new Map<string, PodState>()
  for (const { addresses, conditions = {} } of slices.flatMap(({ endpoints }) => endpoints ?? [])) {
    const state = conditions.terminating === true ? 'terminating' : conditions.ready === false ? 'unready' : 'ready'
    for (const address of addresses) if (found.get(address) !== 'ready') found.set(address, state)
  }
  return found
}

/** How a set that a resolver emitted differs from the truth, in words; empty if it does not. */
export function differences(
  set: readonly { readonly address: string; readonly condition: string }[],
  truth: Pods,
): readonly string[] {
  const ready = new Set(set.filter(({ condition }) => condition === 'ready').map(({ address }) => address))
  const known = new Set(set.map(({ address }) => address))
  return [
    ...[...truth]
      .filter(([address, state]) => (state === 'ready') !== ready.has(address))
      .map(([address, state]) => `${address} is ${state} and ${ready.has(address) ? 'ready' : 'not'} in the set`),
    ...[...known].filter((address) => !truth.has(address)).map((address) => `${address} is in the set and gone`),
  ]
}
