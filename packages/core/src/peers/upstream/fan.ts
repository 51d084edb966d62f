/**
 * The end of the shared half of the pipeline: passes what the standings say to every balancer, and replays it to those that come late.
 */
import { RowList } from '../../internal/row-list.ts'
import type { Stage } from '../../narrowing/stage.ts'
import type { Peer } from '../peer.ts'

/** One per upstream. Shares are 1 here: zone and subset come behind it. */
export class Fan implements Stage {
  // Replaced, never changed: a flush may let a call pick for which a transport opens or closes a balancer.
  #stages: readonly Stage[] = []
  readonly #members = new RowList()

  /** Members of the tier, whatever their standing. */
  get size(): number {
    return this.#members.size
  }

  /** Members that are open. Counted when asked: only failed attempts ask. */
  get openSize(): number {
    let open = 0
    for (const peer of this.#members.peers) if (peer.standing === 'open') open++
    return open
  }

  attach(stage: Stage): Disposable {
    this.#stages = [...this.#stages, stage]
    for (const peer of this.#members.peers) stage.join(peer, 1)
    stage.flush()
    return {
      [Symbol.dispose]: () => {
        this.#stages = this.#stages.filter((other) => other !== stage)
      },
    }
  }

  join(peer: Peer, share: number): void {
    this.#members.add(peer)
    for (const stage of this.#stages) stage.join(peer, share)
  }

  alter(peer: Peer, share: number): void {
    for (const stage of this.#stages) stage.alter(peer, share)
  }

  leave(peer: Peer): void {
    this.#members.remove(peer)
    for (const stage of this.#stages) stage.leave(peer)
  }

  flush(): void {
    for (const stage of this.#stages) stage.flush()
  }
}
