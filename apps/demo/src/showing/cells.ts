/**
 * Rows of aligned cells.
 */

/** Width of a column: positive for text, which stands left, negative for numbers, which stand right. */
export type Width = number

/** One line; a cell that is too long pushes the rest. */
export function row(widths: readonly Width[], cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = widths[index] ?? 0
      return width < 0 ? cell.padStart(-width) : cell.padEnd(width)
    })
    .join(' ')
    .trimEnd()
}

/** A count with its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString('en')
}

/** 0.163 as `16.3 %`. */
export function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${(ratio * 100).toFixed(1)} %` : ''
}

/** Whole milliseconds; nothing for nothing. */
export function milliseconds(value: number | null): string {
  return value !== null && Number.isFinite(value) ? count(Math.round(value)) : ''
}
