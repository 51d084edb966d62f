/**
 * What the resolver claims. Clients over the network are shown and not judged: TLS, gzip and the other client's code are not its own.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Estimate } from '../statistics.ts'

/** Medians over processes. */
export interface Figures {
  /** All endpoints, CPU of the thread. */
  readonly cpuMs: Estimate
  /** Beside it: decoding and `JSON.parse` of the same lines alone. */
  readonly parseMs: Estimate
  /** Longest block of the event loop while it does so. */
  readonly blockMs: Estimate
  /** The first in its process, and its longest block: wall time, before anything is compiled. */
  readonly firstMs: Estimate
  readonly firstBlockMs: Estimate
  readonly readiness: { readonly emittedMs: Estimate; readonly pickedMs: Estimate }
  readonly replacement: { readonly emittedMs: Estimate; readonly pickedMs: Estimate }
  readonly endpointBytes: Estimate
}

// Bounds that the project set itself; see docs/benchmarks.md.
const mostCpuMs = 14
const mostBlockMs = 2
const mostEmittedMs = 0.15
const mostPickedMs = 0.2
const mostEndpointBytes = 400

/** Each by its median; of the two kinds of change the dearer one. */
export function resolverChecks(figures: Figures): readonly Check[] {
  const { cpuMs, blockMs, readiness, replacement, endpointBytes } = figures
  const worst = (name: 'emittedMs' | 'pickedMs'): number => Math.max(readiness[name].median, replacement[name].median)
  return [
    bound(
      'usable',
      '10,000 endpoints in 100 slices go from decoded bytes to a usable set',
      cpuMs.median,
      mostCpuMs,
      'ms of CPU',
    ),
    bound('block', 'meanwhile the event loop is never kept for longer at once', blockMs.median, mostBlockMs, 'ms'),
    bound(
      'change.set',
      'one pod of 10,000 changes, from bytes to the emitted set',
      worst('emittedMs'),
      mostEmittedMs,
      'ms of CPU',
    ),
    bound(
      'change.pick',
      'one pod of 10,000 changes, from bytes to a pick that sees it',
      worst('pickedMs'),
      mostPickedMs,
      'ms of CPU',
    ),
    bound('memory', 'what the resolver keeps of an endpoint', endpointBytes.median, mostEndpointBytes, 'bytes'),
  ]
}

function bound(id: string, claim: string, got: number, most: number, unit: string): Check {
  const isKnown = !Number.isNaN(got)
  return {
    id: `resolver.${id}`,
    claim,
    expected: `<= ${most}`,
    got: isKnown ? got : null,
    unit,
    ok: isKnown && got <= most,
  }
}
