/**
 * The picture of a result in the grammar of Vega-Lite: a panel per question, in it a row per subject with its median as a point, the ends of its
 * bar, and the median in figures; below the title what was run, and where.
 */
import type { Environment } from '@evenkeel/tooling/result'
import type { TopLevelSpec } from 'vega-lite'
import type { Panel, PanelRow } from '../findings.ts'

/** What a picture needs of a result file. */
export interface Pictured {
  readonly command: string
  readonly environment: Environment
  readonly figures: { readonly panels: readonly Panel[] }
}

// In pixels.
const panelWidth = 420
const rowHeight = 22
// No name of a subject is cut.
const subjectLimit = 400
const ink = '#1f2937'
const paint = '#2563eb'

/** @throws Error if the document has nothing to show */
export function specificationOf({ command, environment, figures }: Pictured): TopLevelSpec {
  const { panels } = figures
  if (panels === undefined || panels.length === 0)
    throw new Error('figures.panels is missing (expected: at least one panel)')
  const { node, cpu, cores, commit } = environment
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 12,
    title: {
      text: command,
      subtitle: `${cores} cores, ${cpu}, Node ${node.replace('v', '')}, commit ${shortened(commit)}`,
      anchor: 'start',
      color: ink,
      subtitleColor: ink,
      offset: 14,
    },
    config: {
      font: 'sans-serif',
      axis: { labelLimit: subjectLimit, labelColor: ink, titleColor: ink },
      view: { stroke: null },
    },
    vconcat: panels.map(panelOf),
    resolve: { scale: { x: 'independent', y: 'independent' } },
  }
}

function panelOf({ title, bars, axis, rows }: Panel) {
  const values = rows.map((row) => ({ ...row, text: figure(row) }))
  const x = (field: keyof PanelRow) => ({
    field,
    type: 'quantitative' as const,
    title: null,
    scale: { zero: axis === 'from zero', nice: true },
  })
  const y = { field: 'subject', type: 'nominal' as const, sort: null, title: null }
  return {
    title: {
      text: title,
      subtitle: `median; bar: ${bars}`,
      anchor: 'start' as const,
      frame: 'group' as const,
      color: ink,
      subtitleColor: ink,
    },
    width: panelWidth,
    height: rowHeight * rows.length,
    data: { values },
    layer: [
      {
        mark: { type: 'rule' as const, color: paint, size: 3, opacity: 0.5 },
        encoding: { y, x: x('low'), x2: { field: 'high' } },
      },
      { mark: { type: 'point' as const, color: paint, filled: true, size: 60 }, encoding: { y, x: x('median') } },
      {
        mark: { type: 'text' as const, align: 'left' as const, dx: 10, color: ink },
        encoding: { y, x: x('high'), text: { field: 'text', type: 'nominal' as const } },
      },
    ],
  }
}

/** Three digits that mean something. */
function figure({ median }: PanelRow): string {
  return median.toFixed(Math.abs(median) < 10 ? (Math.abs(median) < 2 ? 3 : 2) : Math.abs(median) < 100 ? 1 : 0)
}

/** Twelve digits name a commit; a `+` tells of changes that were not committed. */
function shortened(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, '$1')
}
