/**
 * Manifests as people write them: YAML or JSON text of one or several documents, objects, Lists.
 */
import { loadAll } from 'js-yaml'
import type { AnyObject } from './kinds.ts'

/** One object or several, or text with one document or several. */
export type Manifests = string | object | readonly object[]

/** An object that says what and which it is. */
export interface Manifest extends AnyObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: NonNullable<AnyObject['metadata']> & { readonly name: string }
}

/** The single objects, in order. @throws Error that names the document and what it lacks */
export function objectsIn(manifests: Manifests): readonly Manifest[] {
  const documents = typeof manifests === 'string' ? loadAll(manifests) : [manifests].flat()
  const objects = documents.filter((document) => document !== null && document !== undefined).flatMap(unlisted)
  return objects.map(checked)
}

/** What a List holds. */
function unlisted(document: unknown): readonly unknown[] {
  const { kind, items } = Object(document) as { readonly kind?: unknown; readonly items?: readonly unknown[] }
  return kind === 'List' && Array.isArray(items) ? items : [document]
}

function checked(document: unknown, index: number): Manifest {
  const { apiVersion, kind, metadata } = Object(document) as Partial<Manifest>
  const shown = (JSON.stringify(document) ?? String(document)).slice(0, 80)
  const lack = (path: string): Error =>
    new Error(`manifest ${index + 1}: ${shown} (expected: text at ${path}, as in every object of Kubernetes)`)
  if (typeof apiVersion !== 'string') throw lack('apiVersion')
  if (typeof kind !== 'string') throw lack('kind')
  if (typeof metadata?.name !== 'string') throw lack('metadata.name')
  return document as Manifest
}
