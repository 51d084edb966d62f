/**
 * The shape of `exports`: each entry leads to its source in the workspace, else to the ES module of Node, the CommonJS build of
 * `require`, or the ES module of everybody else, each with its own types. The order counts, since the first condition that matches
 * wins. Then package.json, for tools that read it.
 */
import type { Checkout } from '../checkout.ts'
import type { Complaint } from '../rule.ts'

type Target = string | { readonly [condition: string]: Target }

/** What the entry of `src/<base>.ts` leads to. */
function shapeOf(base: string): Target {
  const esm = { types: `./dist/${base}.d.ts`, default: `./dist/${base}.js` }
  const cjs = { types: `./dist/cjs/${base}.d.ts`, default: `./dist/cjs/${base}.js` }
  return { source: `./src/${base}.ts`, 'module-sync': esm, require: cjs, ...esm }
}

/** Complaints about the `exports` of the package in this folder. */
export function checkExports(checkout: Checkout, folder: string, exports: unknown): readonly Complaint[] {
  const file = `${folder}/package.json`
  const entries = Object.entries(Object(exports) as Readonly<Record<string, Target>>)
  const names = entries.map(([name]) => name)
  const [first, last] = [names[0], names.at(-1)]
  return [
    ...(first === '.' ? [] : [{ file, got: `exports with ${first} first`, expected: '.' }]),
    ...(last === './package.json' ? [] : [{ file, got: `exports with ${last} last`, expected: './package.json' }]),
    ...entries.flatMap(([name, target]) => {
      if (name === './package.json') return compare(file, `exports["${name}"]`, target, './package.json')
      const source = typeof target === 'string' ? undefined : target.source
      const base = /^\.\/src\/(.+)\.ts$/.exec(String(source))?.[1]
      if (base === undefined || !checkout.exists(`${folder}/src/${base}.ts`))
        return [{ file, got: `exports["${name}"].source ${source}`, expected: 'a file ./src/*.ts of the package' }]
      return compare(file, `exports["${name}"]`, target, shapeOf(base))
    }),
  ]
}

/** What differs, as deep down as it does. */
function compare(file: string, place: string, got: Target | undefined, expected: Target): readonly Complaint[] {
  if (typeof got !== 'object' || typeof expected !== 'object')
    return got === expected
      ? []
      : [{ file, got: `${place} ${JSON.stringify(got)}`, expected: JSON.stringify(expected) }]
  const [have, want] = [Object.keys(got), Object.keys(expected)]
  if (have.join() !== want.join()) return [{ file, got: `${place} with ${have.join(', ')}`, expected: want.join(', ') }]
  return want.flatMap((key) => compare(file, `${place}.${key}`, got[key], expected[key] as Target))
}
