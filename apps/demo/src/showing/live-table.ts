/**
 * Shows a run while it plays: the picture drawn over itself in a terminal, else a line per scene.
 */
import { styleText } from 'node:util'
import type { Now } from '../demo.ts'
import type { Plan } from '../story.ts'
import { count } from './cells.ts'
import { type Line, picture } from './picture.ts'

const styles = { plain: 'reset', head: 'bold', good: 'green', odd: 'yellow', bad: 'red' } as const
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '')
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

/** Shows into a stream. */
export class LiveTable {
  readonly #out: NodeJS.WriteStream
  readonly #plan: Plan
  readonly #names: readonly string[]
  #lines = 0
  #scene = ''

  constructor(out: NodeJS.WriteStream, plan: Plan) {
    this.#out = out
    this.#plan = plan
    this.#names = plan.scenes.map(({ name }) => name)
  }

  readonly look = (now: Now): void => {
    if (this.#out.isTTY) this.#draw(picture(now, this.#plan.seconds, this.#names))
    else if (now.scene !== this.#scene) this.#out.write(`${progress(now)}\n`)
    this.#scene = now.scene
  }

  #draw(lines: readonly Line[]): void {
    const { rows, columns } = this.#out
    // One that wraps or scrolls would spoil the way back up.
    const shown = lines.slice(0, Math.max(1, rows - 1))
    const text = shown.map((line) => `${this.#coloured(line, columns)}${clearLine}\n`).join('')
    this.#out.write(`${up(this.#lines)}${text}${clearBelow}`)
    this.#lines = shown.length
  }

  #coloured({ text, mood }: Line, columns: number): string {
    const cut = text.slice(0, columns - 1)
    // Without colours where the environment asks for none.
    return mood === 'plain' ? cut : styleText(styles[mood], cut, { stream: this.#out })
  }
}

function progress({ scene, says, seconds, recordings }: Now): string {
  const lost = Object.entries(recordings).map(([name, recording]) => `${name} ${count(recording.lost)}`)
  return `${seconds.toFixed(0).padStart(3)} s  ${scene}: ${says} (lost so far: ${lost.join(', ')})`
}
