/** A small checkout in a temporary folder, in which tests plant errors. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Checkout } from './checkout.ts'
import type { Rule } from './rule.ts'

/** Files on disk until it is disposed. */
export class PlantedCheckout implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), 'conventions-'))

  /** Writes a file, over one that is there. */
  plant(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  /** Takes a file or folder away. */
  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true })
  }

  /** What the rule says about the files as they are now, as it is printed. */
  complaints(rule: Rule): readonly string[] {
    return rule
      .check(new Checkout(this.root))
      .map(({ file, got, expected }) => `${file}: ${got} (expected: ${expected})`)
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
