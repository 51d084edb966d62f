/**
 * A clock that all processes of a machine share.
 */

/** Milliseconds since some moment, to the microsecond. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000
}
