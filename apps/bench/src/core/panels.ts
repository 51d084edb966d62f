/**
 * What the picture of core shows: changes and whole picks by size. Bytes are whole numbers that do not vary; they stand in the checks.
 */
import type { Panel, PanelRow } from '../findings.ts'
import type { Spread } from '../statistics.ts'
import type { ChangeCost } from './changes.ts'
import type { Speed } from './speed.ts'

const bars = 'least and greatest window'

/** Two panels. */
export function corePanels(found: {
  readonly changes: readonly ChangeCost[]
  readonly speeds: readonly Speed[]
}): readonly Panel[] {
  return [
    {
      title: 'One endpoint changes, until a pick sees it: µs of CPU',
      bars,
      axis: 'from zero',
      rows: found.changes.map(({ policy, peers, kind, micros }) => rowOf(`${policy}, ${kind}, ${size(peers)}`, micros)),
    },
    {
      title: 'A whole pick: ns of CPU',
      bars,
      axis: 'from zero',
      rows: found.speeds.map(({ policy, peers, pick }) => rowOf(`${policy}, ${size(peers)}`, pick)),
    },
  ]
}

function rowOf(subject: string, { median, min, max }: Spread): PanelRow {
  return { subject, median, low: min, high: max }
}

function size(peers: number): string {
  return `${peers.toLocaleString('en-US')} endpoints`
}
