/**
 * The live picture: one line per endpoint, drawn over itself in a terminal; without one a line per scene.
 */
import type { PeerInspection } from '@evenkeel/core'
import type { Now } from './demo.ts'
import { percentile } from './percentile.ts'
import type { Recording } from './recording.ts'

const lookBackMs = 2_000
const columns = [
  'endpoint',
  'pod',
  'standing',
  'in flight',
  'share',
  'p50 ms',
  'p99 ms',
  'errors',
  'BalancedPool share',
  'errors',
] as const
const widths = [17, 9, 9, 9, 7, 7, 7, 7, 19, 7] as const

/** Draws into a stream. */
export class LiveTable {
  readonly #out: NodeJS.WriteStream
  #lines = 0
  #scene = ''

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  readonly look = (now: Now): void => {
    if (!this.#out.isTTY) {
      if (now.scene !== this.#scene) this.#out.write(`${now.seconds.toFixed(0).padStart(3)} s  ${now.scene}\n`)
      this.#scene = now.scene
      return
    }
    const lines = draw(now)
    // Back to the first line; each line is cleared to its end, and everything below the last one, too.
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A` : ''
    this.#out.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
    this.#lines = lines.length
  }
}

/** The lines of the picture. */
export function draw({ scene, seconds, fleet, recordings }: Now): readonly string[] {
  const ours = recordings.get('evenkeel') as Recording
  const theirs = recordings.get('BalancedPool') as Recording
  const stretch = { from: Date.now() - lookBackMs, to: Date.now() }
  const peers = new Map(ours.inspection?.peers.map((peer) => [peer.locator, peer]))
  const shares = [sharesOf(ours, stretch), sharesOf(theirs, stretch)] as const
  const recent = [ours, theirs].map((recording) => recording.requests.filter(({ at }) => at >= stretch.from))
  const rows = fleet.pods.map(({ port, state }) => {
    const peer = peers.get(`127.0.0.1:${port}`)
    const times = (recent[0] ?? []).filter((record) => record.port === port).map(({ ms }) => ms)
    return row([
      `127.0.0.1:${port}`,
      state === '' ? 'well' : state,
      standing(peer),
      peer === undefined ? '' : String(peer.inFlight),
      percent(shares[0].get(port)),
      milliseconds(percentile(times, 0.5)),
      milliseconds(percentile(times, 0.99)),
      String((recent[0] ?? []).filter((record) => record.port === port && record.lost).length),
      percent(shares[1].get(port)),
      String((recent[1] ?? []).filter((record) => record.port === port && record.lost).length),
    ])
  })
  const lost = [ours, theirs].map((recording) =>
    recording.requests.reduce((sum, record) => sum + Number(record.lost), 0),
  )
  return [
    `${seconds.toFixed(0).padStart(3)} s  ${scene}`,
    '',
    row(columns),
    ...rows,
    '',
    `so far     evenkeel: ${ours.requests.length} requests, ${lost[0]} lost     BalancedPool: ${theirs.requests.length} requests, ${lost[1]} lost`,
  ]
}

function sharesOf(
  recording: Recording,
  stretch: { readonly from: number; readonly to: number },
): ReadonlyMap<number, number> {
  const ports = recording.attemptsByPort(stretch)
  const all = [...ports.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...ports].map(([port, count]) => [port, count / all]))
}

function standing(peer: PeerInspection | undefined): string {
  if (peer === undefined) return 'unknown'
  return peer.condition === 'ready' ? peer.standing : 'leaving'
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index < 3 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join(' ')
}

function percent(share: number | undefined): string {
  return share === undefined ? '0 %' : `${(share * 100).toFixed(1)} %`
}

function milliseconds(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0) : ''
}
