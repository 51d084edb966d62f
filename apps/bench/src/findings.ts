/**
 * What a measurement found, and how people read it.
 */
import type { Check } from '@evenkeel/tooling/result'
import type { Estimate, Spread } from './statistics.ts'

/** The answer to one command. */
export interface Findings {
  readonly checks: readonly Check[]
  readonly figures: Readonly<Record<string, unknown>>
  readonly panels: readonly Panel[]
  readonly tables: readonly Table[]
}

/** What a picture shows of one question: a bar a subject. Written into `figures.panels` of the result. */
export interface Panel {
  /** The question, the unit in it: `CPU per request, µs`. */
  readonly title: string
  /** What the ends of a bar are: `95 % interval of the median`. */
  readonly bars: string
  /** Where the axis begins: at 0 for amounts, so that lengths can be compared; around the values for ratios, which lie close together. */
  readonly axis: 'from zero' | 'around the values'
  readonly rows: readonly PanelRow[]
}

/** A subject by name and version, and its value. */
export interface PanelRow extends Estimate {
  readonly subject: string
}

/** A row for each that was compared. */
export function panelRows<Compared extends { readonly subject: string }>(
  compared: readonly Compared[],
  read: (one: Compared) => Estimate,
): readonly PanelRow[] {
  return compared.map((one) => ({ subject: one.subject, ...read(one) }))
}

/** What the bars of most panels are. */
export const intervalBars = '95 % bootstrap interval of the median'

/** Rows with the same columns. */
export interface Table {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, Cell>>[]
}

/** Text, a number, or a median with its range. */
export type Cell = string | number | Spread

/** The findings as text, tables first. */
export function formatFindings({ tables, checks }: Findings): string {
  const verdicts = checks.map(
    ({ ok, claim, got, unit, expected }) =>
      `${ok ? 'ok    ' : 'NOT OK'}  ${claim}: ${typeof got === 'number' ? rounded(got) : got} ${unit} (expected: ${expected})`,
  )
  return `${[...tables.map(formatTable), verdicts.join('\n')].join('\n\n')}\n`
}

/** A title, a line of column names, and the rows; numbers stand to the right. */
export function formatTable({ title, rows }: Table): string {
  const columns = Object.keys(rows[0] ?? {})
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column] ?? '')))]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const texts = new Set(columns.filter((column) => typeof rows[0]?.[column] === 'string'))
  const padded = lines.map((line) =>
    line
      .map((text, column) =>
        texts.has(columns[column] ?? '') ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [title, ...padded].join('\n')
}

function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number') return rounded(cell)
  return `${rounded(cell.median)} [${rounded(cell.min)}..${rounded(cell.max)}]`
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 2 ? 3 : value < 100 ? 1 : 0)
}
