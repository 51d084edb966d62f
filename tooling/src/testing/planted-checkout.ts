/** A small checkout in a temporary folder, for tests of what reads whole checkouts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Gone once it is disposed. */
export interface PlantedCheckout extends Disposable {
  /** Absolute. */
  readonly root: string
  /** Writes a file, over what was there; text that is none becomes JSON. */
  plant(path: string, content: unknown): void
}

/** Makes one with these files. */
export function plantedCheckout(files: Readonly<Record<string, unknown>>): PlantedCheckout {
  const root = mkdtempSync(join(tmpdir(), 'checkout-'))
  const plant = (path: string, content: unknown): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  for (const [path, content] of Object.entries(files)) plant(path, content)
  return { root, plant, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}
