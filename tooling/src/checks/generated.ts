/**
 * Everything in documents that a program can know is written by one: `npm run figures` rewrites the blocks between
 * `<!-- generated: NAME arguments -->` and `<!-- end generated -->` in every Markdown file, and a check fails while one is stale.
 *
 * A generator is one file in a folder of `generated/`, found by its name, that exports `generate`. It reads sources, manifests and the
 * result files of `results/`, and gives the Markdown between the markers.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Block, blocksOf, withContents } from '../markdown/blocks.ts'
import type { StepOutcome } from '../steps.ts'

/** What a generator may read. */
export interface Sources {
  /** Absolute path of the checkout. */
  readonly root: string
  /** The words behind the generator's name. */
  readonly parameters: readonly string[]
}

/** Gives the Markdown of a block, or throws an Error that says what is missing. */
export type Generate = (sources: Sources) => string | Promise<string>

/** A file and what its blocks should hold. */
interface Page {
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  readonly contents: readonly (string | Error)[]
}

const folder = join(import.meta.dirname, 'generated')

/** Complains about each block that is stale, unknown, left open or cannot be made, by file, block and line. */
export async function checkGenerated(root: string): Promise<StepOutcome> {
  const complaints: string[] = []
  await eachPage(root, complaints, (page) => complaints.push(...staleBlocks(page)))
  return { ok: complaints.length === 0, output: complaints.join('\n') }
}

/** Rewrites every block. What cannot be made stays as it is and is complained about. */
export async function writeGenerated(root: string): Promise<StepOutcome> {
  const complaints: string[] = []
  const written: string[] = []
  await eachPage(root, complaints, ({ path, text, blocks, contents }) => {
    const made = contents.map((content, index) => (content instanceof Error ? (blocks[index]?.content ?? '') : content))
    const failed = contents.flatMap((content, index) =>
      content instanceof Error ? [complain(path, blocks[index], content.message)] : [],
    )
    complaints.push(...failed)
    const next = withContents(text, blocks, made)
    if (next === text) return
    writeFileSync(join(root, path), next)
    written.push(`written: ${path}`)
  })
  return { ok: complaints.length === 0, output: [...written, ...complaints].join('\n') }
}

/** Every Markdown file that may have blocks, below the checkout's own folders. */
function pagesOf(root: string): readonly string[] {
  const places = [
    '*.md',
    '{docs,results,decisions}/**/*.md',
    '{packages,apps}/*/*.md',
    '{packages,apps}/*/{src,docs}/**/*.md',
  ]
  return globSync(places, { cwd: root }).sort()
}

async function eachPage(root: string, complaints: string[], visit: (page: Page) => void): Promise<void> {
  const generators = generatorFiles()
  for (const path of pagesOf(root)) {
    const text = readFileSync(join(root, path), 'utf8')
    try {
      const blocks = blocksOf(text)
      const contents = await Promise.all(blocks.map((block) => contentOf(root, block, generators)))
      visit({ path, text, blocks, contents })
    } catch (error) {
      complaints.push(`${path}: ${(error as Error).message}`)
    }
  }
}

/** By name; folders are rooms for what is alike, and not part of the name. */
function generatorFiles(): ReadonlyMap<string, string> {
  const files = globSync('*/*.ts', { cwd: folder }).filter((path) => !path.endsWith('.test.ts'))
  return new Map(files.sort().map((path) => [basename(path, '.ts'), join(folder, path)]))
}

async function contentOf(
  root: string,
  { name, parameters }: Block,
  generators: ReadonlyMap<string, string>,
): Promise<string | Error> {
  const file = generators.get(name)
  if (file === undefined) return new Error(`unknown (expected: ${[...generators.keys()].join(', ')})`)
  try {
    const { generate } = (await import(pathToFileURL(file).href)) as { readonly generate: Generate }
    return (await generate({ root, parameters })).trim()
  } catch (error) {
    return new Error((error as Error).message.replaceAll(`${root}/`, ''))
  }
}

function staleBlocks({ path, blocks, contents }: Page): readonly string[] {
  return blocks.flatMap((block, index) => {
    const content = contents[index] ?? ''
    if (content instanceof Error) return [complain(path, block, content.message)]
    if (block.content === content) return []
    const is = block.content.split('\n')
    const expected = content.split('\n')
    const first = expected.findIndex((line, at) => line !== is[at])
    const at = first === -1 ? expected.length : first
    const shown = (line: string | undefined): string => (line === undefined ? '(no line)' : line)
    return [
      complain(
        path,
        block,
        `stale in its line ${at + 1}; \`npm run figures\` rewrites it\n  is:       ${shown(is[at])}\n  expected: ${shown(expected[at])}`,
      ),
    ]
  })
}

function complain(path: string, block: Block | undefined, complaint: string): string {
  const { name = '', parameters = [], line = 0 } = block ?? {}
  return `${path}:${line}: block \`${[name, ...parameters].join(' ')}\`: ${complaint}`
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../../..')
  const parameters = process.argv.slice(2)
  if (parameters.some((parameter) => parameter !== '--write') || !existsSync(join(root, 'package.json')))
    throw new Error(`generated: ${parameters.join(' ')} (expected: nothing, or --write)`)
  const { ok, output } = await (parameters.length === 0 ? checkGenerated(root) : writeGenerated(root))
  if (output !== '') console.log(output)
  if (!ok) process.exitCode = 1
}
