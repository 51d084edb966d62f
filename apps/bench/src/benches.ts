/**
 * Every bench by the name that the command line knows. A new one is a folder or a file with its question, and a line here.
 */
import { measureCore } from './core/core.ts'
import type { Findings } from './findings.ts'
import { faultVariants, measureFaults } from './grpc/faults/faults.ts'
import { measureGrpc } from './grpc/grpc.ts'
import { variantNames as grpcVariantNames } from './grpc/variants.ts'
import { measureHttp } from './http/http.ts'
import { measureP99 } from './http/p99.ts'
import { variantNames } from './http/variants.ts'
import { measureImports } from './imports/imports.ts'
import { measureResolver } from './resolver/resolver.ts'

/** What the command line may choose. */
export interface BenchOptions {
  readonly rounds: number
  /** Names of variants; empty for all. */
  readonly variants: readonly string[]
}

/** One question. */
export interface Bench {
  /** Rounds unless told. An odd number, so that a median is a value that was measured. */
  readonly usualRounds: number
  /** Variants to choose from; empty if there is no choice. */
  readonly variants: readonly string[]
  readonly measure: (options: BenchOptions, signal: AbortSignal) => Promise<Findings>
}

/** By name, in the order of docs/benchmarks.md. */
export const benches: Readonly<Record<string, Bench>> = {
  // Its spread is that of windows in one process; more rounds are more processes.
  core: { usualRounds: 1, variants: [], measure: measureCore },
  http: { usualRounds: 15, variants: variantNames, measure: measureHttp },
  p99: { usualRounds: 9, variants: variantNames, measure: measureP99 },
  grpc: { usualRounds: 15, variants: grpcVariantNames, measure: measureGrpc },
  'grpc-faults': { usualRounds: 9, variants: faultVariants, measure: measureFaults },
  resolver: { usualRounds: 9, variants: [], measure: measureResolver },
  import: { usualRounds: 31, variants: [], measure: measureImports },
}
