/**
 * `npm run bench -- picture FILE`: draws a result file as SVG beside it. Nothing is measured again, so anybody can draw what was committed.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

/** The pictures of a folder that are not what their result file gives. Drawing measures no text, so every machine draws the same. */
export async function stalePictures(folder: string): Promise<readonly string[]> {
  const stale: string[] = []
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.svg')).sort()) {
    const picture = join(folder, name)
    const result = JSON.parse(await readFile(picture.replace(/\.svg$/, '.json'), 'utf8')) as Pictured
    if (`${await drawn(result)}\n` !== (await readFile(picture, 'utf8'))) stale.push(name)
  }
  return stale
}

/** The SVG text. */
async function drawn(result: Pictured): Promise<string> {
  const view = new View(parse(compile(specificationOf(result)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return svg
}
