/**
 * Files in a folder that goes with the test.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder with files that can be replaced. */
export interface TestFolder {
  readonly path: string
  /** @returns the path of the file */
  write(name: string, text: string): string
  remove(name: string): void
}

/** @param files their texts by their names */
export function folderOf(files: Readonly<Record<string, string>> = {}): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'evenkeel-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  const write = (name: string, text: string): string => {
    writeFileSync(join(path, name), text)
    return join(path, name)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return { path, write, remove: (name) => rmSync(join(path, name)) }
}
