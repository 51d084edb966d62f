/** A function of more than 40 lines does more than one thing. The story is easier to follow when each step has a name. */
import type { Node } from '@babel/types'
import type { Source } from '../../../source/parse.ts'
import type { Budgets } from '../budgets.ts'
import type { Checkout } from '../checkout.ts'
import type { Complaint, Rule } from '../rule.ts'

/** The budget of the style guide; a screen shows as much. */
const maxLines = 40

/** Measures every function in the sources; the exceptions may only shrink, and go when they are short enough. */
export function functionLength(exceptions: Budgets['longFunctions']): Rule {
  return {
    name: `functions have at most ${maxLines} lines`,
    check(checkout) {
      const long = allLong(checkout)
      const known = new Set(long.map(({ key }) => key))
      const gone = Object.keys(exceptions).filter((key) => !known.has(key))
      return [
        ...long.flatMap((found) => judge(found, exceptions[found.key])),
        ...gone.map((key) => ({
          file: key,
          got: `an exception of ${exceptions[key]} lines`,
          expected: 'none: the function is short by now or gone',
        })),
      ]
    },
  }
}

/** The lines of every function above the limit, by `file#name`. */
export function measureLongFunctions(checkout: Checkout): Budgets['longFunctions'] {
  return Object.fromEntries(allLong(checkout).map(({ key, lines }) => [key, lines]))
}

interface LongFunction {
  readonly key: string
  readonly file: string
  readonly name: string
  readonly lines: number
}

function allLong(checkout: Checkout): readonly LongFunction[] {
  const paths = checkout.workspaces.flatMap((workspace) => checkout.sources(workspace))
  return paths.flatMap((path) =>
    functionsOf(checkout.source(path))
      .map(({ name, node }) => ({ name, line: node.loc?.start.line ?? 0, lines: linesOf(node) }))
      .filter(({ lines }) => lines > maxLines)
      .map(({ name, line, lines }) => ({ key: `${path}#${name}`, file: `${path}:${line}`, name, lines })),
  )
}

function judge({ file, name, lines }: LongFunction, allowed: number | undefined): readonly Complaint[] {
  if (lines === allowed) return []
  const shrunk = allowed !== undefined && lines < allowed
  const expected = shrunk ? `an exception of ${lines} instead of ${allowed}` : `<= ${allowed ?? maxLines}`
  return [{ file, got: `${name} has ${lines} lines`, expected }]
}

interface NamedFunction {
  /** `Class.method`, the name of a function or of the constant that holds it, `callback` for one without any. */
  readonly name: string
  readonly node: Node
}

function functionsOf({ tree }: Source): readonly NamedFunction[] {
  const found: NamedFunction[] = []
  collect(tree.program, [], found)
  return found
}

/** Goes down and hands on the names of what it is in. A function has its own name or that of the constant or property that it is the value of. */
function collect(node: Node, outer: readonly string[], found: NamedFunction[], given?: string): void {
  const isFunction = 'body' in node && /Function|Method/.test(node.type)
  const name = ownName(node) ?? given
  const path = name !== undefined ? [...outer, name] : isFunction ? [...outer, 'callback'] : outer
  if (isFunction) found.push({ name: path.join('.'), node })
  const value = functionIn(node)
  for (const part of Object.values(node))
    for (const child of Array.isArray(part) ? part : [part])
      if (isNode(child)) collect(child, child === value ? outer : path, found, child === value ? name : undefined)
}

/** What a constant or property is set to, if that is a function. */
function functionIn(node: Node): Node | undefined {
  const { init, value } = node as { readonly init?: Node | null; readonly value?: Node | null }
  const set = init ?? value
  return isNode(set) && /Function/.test(set.type) ? set : undefined
}

function ownName(node: Node): string | undefined {
  const { id, key } = node as { readonly id?: NamedNode | null; readonly key?: NamedNode }
  return id?.name ?? key?.name ?? key?.id?.name
}

interface NamedNode {
  readonly name?: string
  readonly id?: { readonly name: string }
}

function linesOf({ loc }: Node): number {
  return loc == null ? 0 : loc.end.line - loc.start.line + 1
}

function isNode(value: unknown): value is Node {
  const { type, start } = Object(value) as { readonly type?: unknown; readonly start?: unknown }
  return typeof type === 'string' && typeof start === 'number' && !type.startsWith('Comment')
}
