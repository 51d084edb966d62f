/**
 * The live picture as lines of text: what customers see, and a line per pod.
 */
import type { Pod } from '../cluster/pods.ts'
import type { Now } from '../play.ts'
import type { Figures, PodFigures, Recording } from '../recording/recording.ts'
import { scenes } from '../scenes.ts'
import { milliseconds, percent, whole } from './cells.ts'

// Enough requests for a share, and short enough to see a change.
const lookBackMs = 2_000

/** Draws the moment. @param at it, in milliseconds of the wall clock */
export function picture(now: Now, at: number): readonly string[] {
  const { scene, seconds, stage, recording, underWay } = now
  const lately = { from: at - lookBackMs, to: at }
  const { requests, p50, p99 } = recording.figures(lately)
  const parts = {
    ...partsOf('storefront', recording),
    ...partsOf('users', recording),
    ...partsOf('catalog', recording),
  }
  function partsOf(app: string, from: Recording): Readonly<Record<string, PodFigures>> {
    return Object.fromEntries(from.pods(app, lately).map((part) => [part.pod, part]))
  }
  return [
    `${whole(seconds)} s   ${scene.name}: ${scene.says}`,
    scenes.map(({ name }) => (name === scene.name ? `[${name}]` : name)).join('  '),
    '',
    `${whole((requests / lookBackMs) * 1_000)} requests/s   p50 ${milliseconds(p50)} ms   p99 ${milliseconds(p99)} ms   ${underWay} under way`,
    ...losses(recording.figures({ from: 0, to: at })),
    '',
    line('pod', 'state', 'connections', 'share, last 2 s'),
    ...stage.pods().map((pod) => podLine(pod, parts[pod.name])),
  ]
}

/** How many were lost, and a line per reason. */
export function losses({ requests, lost, losses: reasons }: Figures): readonly string[] {
  const all = lost.GET + lost.POST
  const often = Object.entries(reasons).sort(([, one], [, other]) => other - one)
  return [
    `${whole(requests)} requests so far, ${whole(all)} of them lost`,
    ...often.map(([reason, times]) => `${whole(times).padStart(9)} ${reason}`),
  ]
}

function podLine({ name, state }: Pod, part: PodFigures | undefined): string {
  if (part === undefined) return line(name, state, '', '')
  return line(name, state, part.connections === null ? '' : whole(part.connections), percent(part.share))
}

function line(pod: string, state: string, connections: string, share: string): string {
  return `${pod.padEnd(28)} ${state.padEnd(12)} ${connections.padStart(11)} ${share.padStart(16)}`.trimEnd()
}
