/**
 * Where this process runs, as the downward API tells it: by variables, or by a file of labels.
 */
import { readFileSync } from 'node:fs'
import { ownVariables } from './access/environment.ts'

/** Node and zone, as far as they are known. */
export interface OwnPlace {
  /** Name of the node. */
  readonly node: string | undefined
  /** Zone of the node. */
  readonly zone: string | undefined
}

// Where manifests put `metadata.labels` as a volume by custom.
const labelsFile = '/etc/podinfo/labels'

// Kubernetes copies it from the node to the pod since 1.35 (KEP-4742).
const zoneLabel = 'topology.kubernetes.io/zone'

/**
 * What is known before anything is watched. Reads a file, so once.
 * @param given what the user says, which goes first
 */
export function ownPlace(
  given: Partial<OwnPlace>,
  variables: Partial<OwnPlace> = ownVariables(),
  file: string = labelsFile,
): OwnPlace {
  const { node = variables.node, zone = variables.zone ?? labelsOf(file).get(zoneLabel) } = given
  return { node, zone }
}

/** Labels in the form in which the kubelet writes them: `key="value"`, a line each. */
function labelsOf(file: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of textOf(file).split('\n')) {
    const [, key, value] = /^([^=]+)="((?:[^"\\]|\\.)*)"$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) found.set(key, value)
  }
  return found
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
