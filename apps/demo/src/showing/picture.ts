/**
 * The live picture as lines of text: one per endpoint, with both clients beside each other.
 */
import type { PeerInspection } from '@evenkeel/core'
import { percentile } from '@evenkeel/tooling/percentile'
import type { Now } from '../demo.ts'
import type { Pod } from '../fleet/fleet.ts'
import { type ClientName, clientNames } from '../messages.ts'
import { recent } from '../recording/recent.ts'
import type { Recording } from '../recording/recording.ts'
import { count, milliseconds, percent, row } from './cells.ts'

// Long enough for 100 requests to an endpoint, short enough to see a change.
const lookBackMs = 2_000
const silentMs = 250
// 100 columns in all; 26 are for the longest reason of a standing.
const widths = [5, 8, 26, -9, -7, -5, -5, -6, -8, -5, -6] as const
const groups = [5, 8, 65, 0] as const
const head = ['port', 'pod', 'standing', 'in flight', 'share', 'p50', 'p99', 'errors', 'share', 'p99', 'errors']
const totalWidths = [15, -9, -7, -9, -6] as const
const totalHead = ['', 'requests', 'lost', 'repeated', 'p99']

/** A line and how it is meant: the terminal may show it in colour. */
export interface Line {
  readonly text: string
  readonly mood: 'plain' | 'head' | 'good' | 'odd' | 'bad'
}

/** Draws the moment. */
export function picture(now: Now, storySeconds: number, sceneNames: readonly string[]): readonly Line[] {
  const { scene, says, seconds, fleet, recordings } = now
  const views = { evenkeel: view(recordings.evenkeel), BalancedPool: view(recordings.BalancedPool) }
  return [
    line(`${seconds.toFixed(0).padStart(2)} s of ${storySeconds}   ${scene}: ${says}`, 'head'),
    line(storyline(now, sceneNames)),
    line(''),
    line(row(groups, ['', '', 'evenkeel (the last 2 s, times in ms; errors so far)', 'BalancedPool']), 'head'),
    line(row(widths, head), 'head'),
    ...fleet.pods.map((pod) =>
      endpointLine(pod, recordings.evenkeel.inspection?.peers, views.evenkeel, views.BalancedPool),
    ),
    line(''),
    line(row(totalWidths, totalHead), 'head'),
    ...clientNames.map((name) => totalLine(name, recordings[name])),
  ]
}

interface View {
  share(port: number): number
  time(port: number, ratio: number): number
  errors(port: number): number
}

function view(recording: Recording): View {
  const from = Date.now() - lookBackMs
  const attempts = recent(recording.attempts, from)
  const endings = recent(recording.endings, from).filter(({ failed }) => !failed)
  return {
    share: (port) => attempts.filter((attempt) => attempt.port === port).length / attempts.length,
    time: (port, ratio) =>
      percentile(
        endings.filter((ending) => ending.port === port).map(({ ms }) => ms),
        ratio,
      ),
    errors: (port) => recording.failed.get(port) ?? 0,
  }
}

function endpointLine(pod: Pod, peers: readonly PeerInspection[] = [], ours: View, theirs: View): Line {
  const { port, state } = pod
  const peer = peers.find(({ locator }) => locator === `127.0.0.1:${port}`)
  const text = row(widths, [
    String(port),
    state,
    standing(peer),
    peer === undefined ? '' : String(peer.inFlight),
    percent(ours.share(port)),
    milliseconds(ours.time(port, 0.5)),
    milliseconds(ours.time(port, 0.99)),
    count(ours.errors(port)),
    percent(theirs.share(port)),
    milliseconds(theirs.time(port, 0.99)),
    count(theirs.errors(port)),
  ])
  return line(text, state === 'well' ? 'plain' : state === 'draining' || state === 'starting' ? 'odd' : 'bad')
}

/** What our client thinks of the endpoint, and why. */
function standing(peer: PeerInspection | undefined): string {
  if (peer === undefined) return 'not known'
  const notes = [
    ...(peer.condition === 'serving-terminating' ? ['terminating'] : []),
    ...peer.why,
    ...(peer.silentMs > silentMs ? [`silent ${(peer.silentMs / 1_000).toFixed(1)} s`] : []),
    ...(peer.trial ? ['trial'] : []),
  ]
  return [peer.standing, ...notes].join(', ').slice(0, widths[2])
}

function totalLine(name: ClientName, recording: Recording): Line {
  const times = recent(recording.requests, Date.now() - lookBackMs).filter(({ lost }) => !lost)
  const text = row(totalWidths, [
    name,
    count(recording.requests.length),
    count(recording.lost),
    count(recording.repeated),
    milliseconds(
      percentile(
        times.map(({ ms }) => ms),
        0.99,
      ),
    ),
  ])
  return line(text, recording.lost > 0 ? 'bad' : 'good')
}

function storyline({ scene, done }: Now, names: readonly string[]): string {
  return names.map((name) => (name === scene ? `[${name}]` : done.includes(name) ? `${name} ✓` : name)).join('  ')
}

function line(text: string, mood: Line['mood'] = 'plain'): Line {
  return { text, mood }
}
