/**
 * `npm run bench -- picture FILE`: draws a result file as SVG beside it. Nothing is measured again, so anybody can draw what was committed.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { parse, View } from 'vega'
import { compile } from 'vega-lite'
import { type Pictured, specificationOf } from './specification.ts'

/** Draws each file and gives the paths of the pictures. @throws Error that names the file if one holds nothing to draw */
export async function drawPictures(files: readonly string[]): Promise<readonly string[]> {
  const pictures: string[] = []
  for (const file of files) {
    const result = JSON.parse(await readFile(file, 'utf8')) as Pictured
    try {
      const picture = file.replace(/\.json$/, '.svg')
      await writeFile(picture, `${await drawn(result)}\n`)
      pictures.push(picture)
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`)
    }
  }
  return pictures
}

/** The SVG text. */
export async function drawn(result: Pictured): Promise<string> {
  const view = new View(parse(compile(specificationOf(result)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return svg
}
