/**
 * The addresses of the pods of one node: `198.18.NODE.2` to `198.18.NODE.254`. One that was given back comes last, as with real address managers: a client
 * that still holds it finds nobody there, and not another pod.
 */
import { podAddress } from '../place/network.ts'

const first = 2
const last = 254

/** Gives out addresses and takes them back. */
export class PodAddresses {
  readonly #node: number
  readonly #used = new Set<number>()
  #next = first

  constructor(node: number) {
    this.#node = node
  }

  /** @throws Error when all are in use */
  take(): string {
    for (let tries = first; tries <= last; tries++) {
      const host = this.#next
      this.#next = host === last ? first : host + 1
      if (this.#used.has(host)) continue
      this.#used.add(host)
      return podAddress(this.#node, host)
    }
    throw new Error(`node ${this.#node} has no free address (expected: at most ${last - first + 1} pods)`)
  }

  giveBack(address: string): void {
    this.#used.delete(Number(address.split('.').at(-1)))
  }
}
