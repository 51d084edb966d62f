/**
 * Shows a play while it runs: drawn over itself in a terminal, a line per scene elsewhere.
 */
import type { Now } from '../play.ts'
import { picture } from './picture.ts'

const control = '\u001b['

/** Shows into a stream. @returns what to call for every look */
export function liveTable(out: NodeJS.WriteStream): (now: Now) => void {
  let drawn = 0
  let name = ''
  return (now) => {
    if (out.isTTY) {
      // A line that wraps or scrolls would spoil the way back up.
      const lines = picture(now, Date.now()).slice(0, out.rows - 1)
      const text = lines.map((line) => `${line.slice(0, out.columns - 1)}${control}K\n`).join('')
      out.write(`${drawn > 0 ? `${control}${drawn}A` : ''}${text}${control}J`)
      drawn = lines.length
    } else if (now.scene.name !== name) out.write(`${now.seconds.toFixed(0)} s  ${now.scene.name}: ${now.scene.says}\n`)
    name = now.scene.name
  }
}
