/**
 * A guard that never speaks and remembers which attempts failed.
 */
import type { Guard, GuardFactory, Peer, Verdict } from '@evenkeel/core'

/** One per field. */
export class Witness implements Guard {
  readonly name = 'witness'
  readonly speaks = 'opinion'
  /** Locators at which an attempt failed. */
  readonly failedAt: Set<string> = new Set<string>()
  /** Attempts that failed. */
  failures = 0

  get factory(): GuardFactory {
    return () => this
  }

  answered(peer: Peer, verdict: Verdict): void {
    if (verdict === 'bad') this.failed(peer)
  }

  failed(peer: Peer): void {
    this.failures++
    this.failedAt.add(peer.endpoint.locator)
  }

  [Symbol.dispose](): void {}
}
