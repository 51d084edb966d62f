/**
 * Numbers as people read them.
 */

/** With the thousands apart. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** Whole ones; a dash for nothing. */
export function milliseconds(value: number | null): string {
  return value === null ? '-' : whole(value)
}

/** 0.163 as `16.3 %`; a dash where nothing was shared. */
export function percent(ratio: number): string {
  return Number.isNaN(ratio) ? '-' : `${(ratio * 100).toFixed(1)} %`
}
