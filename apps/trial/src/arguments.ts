/**
 * The command line.
 */
import { parseArgs } from 'node:util'
import type { Protocol } from './protocol.ts'
import { protocolNamed } from './protocols.ts'
import type { Lengths, Scene } from './scene.ts'

/** What was asked for. */
export interface Arguments extends Lengths {
  readonly protocol: Protocol
  /** One JSON document on standard output instead of the summary. */
  readonly json: boolean
  /** Decides when requests come, what they are, and who is asked for. */
  readonly seed: number
  /** In the order in which they are played. */
  readonly scenes: readonly Scene[]
}

const lengths: Readonly<Record<'ci' | 'nightly', Lengths>> = {
  ci: { rollouts: 3, outageSeconds: 20 },
  nightly: { rollouts: 10, outageSeconds: 60 },
}

/** @throws Error that names the argument, the value and what was expected */
export function readArguments(parameters: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      protocol: { type: 'string', default: 'http' },
      json: { type: 'boolean', default: false },
      scenes: { type: 'string', default: 'all' },
      rollouts: { type: 'string' },
      outage: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  const { json, seed } = values
  const usual = lengths[values.scenes === 'nightly' ? 'nightly' : 'ci']
  const { rollouts = String(usual.rollouts), outage = String(usual.outageSeconds) } = values
  const protocol = protocolNamed(values.protocol)
  return {
    protocol,
    json,
    seed: whole('--seed', seed, Number.MIN_SAFE_INTEGER),
    scenes: chosen(values.scenes, protocol),
    rollouts: whole('--rollouts', rollouts, 1),
    // Shorter ones are over before anybody has noticed.
    outageSeconds: whole('--outage', outage, 4),
  }
}

function chosen(text: string, { scenes, ciScenes }: Protocol): readonly Scene[] {
  if (text === 'ci') return ciScenes
  if (text === 'all' || text === 'nightly') return scenes
  const names = text.split(',')
  const known = scenes.map(({ name }) => name)
  for (const name of names)
    if (!known.includes(name))
      throw new Error(`--scenes: ${name} (expected: ci, nightly, all, or names of ${known.join(', ')})`)
  return scenes.filter(({ name }) => names.includes(name))
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  const bound = least === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${least}`
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`${name}: ${text} (expected: a whole number${bound})`)
  return value
}
