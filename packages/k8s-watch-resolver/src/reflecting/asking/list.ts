/**
 * A whole list, page by page. Nothing is given out before the last page has come.
 */
import type { ApiObject } from '../object.ts'
import { type Collection, listPath, wholeListPath } from './question.ts'
import { type Asked, read } from './read.ts'
import { Refusal } from './status.ts'

/** What a list says. */
export interface Listed<T> {
  readonly objects: readonly T[]
  /** The version that a watch begins at. */
  readonly version: string
}

interface Page<T> {
  readonly items?: readonly T[] | null
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string } | null
}

/** Lists everything, not older than a version. @throws Refusal or ApiFailure; SyntaxError for what is no list */
export async function list<T extends ApiObject>(
  asked: Asked,
  collection: Collection,
  version: string,
  signal: AbortSignal,
): Promise<Listed<T>> {
  const objects: T[] = []
  let proceed: string | undefined
  for (;;) {
    let page: Page<T>
    try {
      page = await pageAt(asked, listPath(collection, version, proceed), signal)
    } catch (error) {
      // The rest of a list may expire under way (W-26); what came before it is part of another state, and is thrown away.
      if (proceed === undefined || !(error instanceof Refusal) || error.kind !== 'expired') throw error
      const whole = await pageAt<T>(asked, wholeListPath(collection, ''), signal)
      return { objects: whole.items ?? [], version: versionOf(whole) }
    }
    objects.push(...(page.items ?? []))
    proceed = page.metadata?.continue
    if (proceed === undefined || proceed === '') return { objects, version: versionOf(page) }
  }
}

async function pageAt<T>(asked: Asked, path: string, signal: AbortSignal): Promise<Page<T>> {
  return JSON.parse(await read(asked, path, signal)) as Page<T>
}

function versionOf(page: Page<unknown>): string {
  const version = page.metadata?.resourceVersion
  if (version === undefined) throw new SyntaxError('a list without a version')
  return version
}
