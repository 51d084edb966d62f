/**
 * What the slices of a Service say, in a form that a fact can state.
 */
import type { Kinds } from '../../src/index.ts'

/** The slices of a Service. */
export function slicesOf(namespace: string, service: string) {
  return { kind: 'endpointslices', namespace, labelSelector: `kubernetes.io/service-name=${service}` } as const
}

type Slices = readonly Kinds['endpointslices'][]
type Endpoint = NonNullable<Kinds['endpointslices']['endpoints']>[number]

/** All endpoints; the API server writes none as null. */
export function endpointsOf(slices: Slices): readonly Endpoint[] {
  return slices.flatMap(({ endpoints }) => endpoints ?? [])
}

/** Conditions of an endpoint as letters: R ready, S serving, T terminating, - none of them. */
export function letters({ conditions }: Endpoint): string {
  const { ready, serving, terminating } = conditions ?? {}
  const found = [ready === true ? 'R' : '', serving === true ? 'S' : '', terminating === true ? 'T' : ''].join('')
  return found === '' ? '-' : found
}

/** The states of a Service one after another: the letters of its endpoints in order, the same state twice in a row once. */
export function lettersOf(states: readonly Slices[]): readonly string[] {
  const told = states.map((slices) => endpointsOf(slices).map(letters).sort().join(' '))
  return told.filter((state, index) => index === 0 || state !== told[index - 1])
}
