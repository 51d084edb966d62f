/** A Markdown table. */

/** Text that means the same in a cell: bars and line ends would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

/** Text as code in a cell. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

/** A line of column names and a line for each row. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n')
}
