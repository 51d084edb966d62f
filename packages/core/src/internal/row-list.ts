/**
 * A set of peers as a dense array, with every change in constant time: the last one moves into the gap.
 */
import type { Peer } from '../peers/peer.ts'
import { IntegerColumn } from './column.ts'

/** Peers in no particular order. */
export class RowList {
  readonly peers: Peer[] = []
  // Position + 1 by row, so that 0 means absent.
  readonly #places = new IntegerColumn()

  get size(): number {
    return this.peers.length
  }

  has(peer: Peer): boolean {
    const place = this.#places.at(peer.row)
    return place > 0 && this.peers[place - 1] === peer
  }

  /** Adds the peer at the end and returns true, or false if it was there. */
  add(peer: Peer): boolean {
    if (this.has(peer)) return false
    this.peers.push(peer)
    this.#places.put(peer.row, this.peers.length)
    return true
  }

  /** Where the peer stands, or -1. */
  indexOf(peer: Peer): number {
    return this.has(peer) ? this.#places.at(peer.row) - 1 : -1
  }

  /** Removes the peer and returns the position that the last one moved to, or -1 if it was not there. */
  remove(peer: Peer): number {
    const index = this.indexOf(peer)
    if (index < 0) return -1
    const last = this.peers.pop() as Peer
    this.#places.put(peer.row, 0)
    if (last !== peer) {
      this.peers[index] = last
      this.#places.put(last.row, index + 1)
    }
    return index
  }
}
