/**
 * Something read out of a file that others replace while the process runs, as kubelet does with tokens (KEP-1205) and authorities.
 */
import { readFile } from 'node:fs/promises'
import type { Clock } from '@evenkeel/core'
import { ApiFailure } from '../api-server.ts'

/** The text of a file, and for how long it is believed. */
export class Reread {
  readonly #path: string
  readonly #readFile: (path: string) => Promise<string>
  readonly #clock: Clock
  readonly #maxAgeMs: number
  readonly #warn: (text: string) => void
  #text: string | undefined
  /** Monotonic milliseconds; undefined when the text is to be read again. */
  #readAt: number | undefined
  #reading: Promise<string> | undefined
  /** Grows when what was read is forgotten: a reading that began before may have seen the old file. */
  #epoch = 0
  #failed = false

  /**
   * @param maxAgeMs after which it is read again
   * @param warn hears of a file that can no longer be read, once until it can
   * @param read for a test that wants to be slow
   */
  constructor(
    path: string,
    clock: Clock,
    maxAgeMs: number,
    warn: (text: string) => void,
    read: (path: string) => Promise<string> = textOf,
  ) {
    this.#path = path
    this.#readFile = read
    this.#clock = clock
    this.#maxAgeMs = maxAgeMs
    this.#warn = warn
  }

  /** The text without white space around it; the last one when the file cannot be read. @throws ApiFailure when it never could */
  read(): Promise<string> {
    if (this.#text !== undefined && this.#readAt !== undefined && this.#clock.now() - this.#readAt <= this.#maxAgeMs)
      return Promise.resolve(this.#text)
    this.#reading ??= this.#open()
    return this.#reading
  }

  /** The next `read` opens the file. */
  forget(): void {
    this.#readAt = undefined
    this.#reading = undefined
    this.#epoch++
  }

  async #open(): Promise<string> {
    const epoch = this.#epoch
    const askedAt = this.#clock.now()
    try {
      const text = (await this.#readFile(this.#path)).trim()
      if (text === '') throw new Error('the file is empty')
      // One that ends after a younger one has the older file.
      if (epoch === this.#epoch) {
        this.#text = text
        this.#readAt = askedAt
      }
      this.#failed = false
      return text
    } catch (cause) {
      if (this.#text === undefined) throw new ApiFailure('credentials', `cannot read ${this.#path}`, cause)
      if (!this.#failed)
        this.#warn(`cannot read ${this.#path} again (${(cause as Error).message}); the last one is used`)
      this.#failed = true
      return this.#text
    } finally {
      if (epoch === this.#epoch) this.#reading = undefined
    }
  }
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
