/**
 * Imports one entry in a fresh process and says what that took. Nothing else is imported here but what the channel to the parent needs.
 */
import { answerParent } from '../child.ts'

/** What an import took. */
export interface ImportCost {
  /** Wall time until the module and all that it imports have been read, compiled and evaluated. */
  readonly importMs: number
  /** What stays on V8's heap, in kB of 1,000 bytes; code and buffers outside of it are not counted. */
  readonly heapKb: number
}

// A variable, as the compiler would look for a module of this name.
const nothing: string = 'data:text/javascript,'

await answerParent(async ({ specifier }: { readonly specifier: string }): Promise<ImportCost> => {
  // The first import of a process starts Node's loader, 2 ms that every program pays once, whatever it imports.
  await import(nothing)
  const heapBefore = heapBytes()
  const start = performance.now()
  await import(specifier)
  const importMs = performance.now() - start
  return { importMs, heapKb: (heapBytes() - heapBefore) / 1_000 }
})

/** Collected twice, as the first may leave what only weak references hold. */
function heapBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
