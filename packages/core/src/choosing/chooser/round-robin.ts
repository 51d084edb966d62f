/**
 * Equal turns: each peer once per round, from a random start, so that a fleet of clients does not move in step (grpc-js `round_robin`).
 */

import type { Kit } from '../../peers/kit.ts'
import type { Chooser } from '../chooser.ts'
import { byShare } from '../members.ts'
import { Stride } from './weighted-round-robin.ts'

/** Turns by share alone; with equal shares every peer has exactly one turn a round. */
export function roundRobinChooser(kit: Kit): Chooser {
  return new Stride(kit.random, byShare)
}
