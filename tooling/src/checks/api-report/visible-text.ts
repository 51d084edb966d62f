/** A declaration as its users see it: without comments, private members and the words that only declaration files need. */
import type { Declaration, Node } from '@babel/types'
import type { DeclarationFile } from './declaration-file.ts'

/** The text of one declaration, exported under `name`; members stay in their order. Not formatted yet. */
export function visibleText(file: DeclarationFile, declaration: Declaration, name: string): string {
  const [start, end] = range(declaration)
  const hidden = [...(file.tree.comments ?? []).map(range), ...privateMembers(declaration).map(range)]
    .filter(([from, to]) => from >= start && to <= end)
    .toSorted(([first], [second]) => first - second)
  const parts: string[] = []
  let at = start
  for (const [from, to] of hidden) {
    parts.push(file.text.slice(at, Math.max(at, from)))
    at = Math.max(at, to)
  }
  const text = [...parts, file.text.slice(at, end)].join('').replace(/^declare /, '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return `export ${renamed(lines.join('\n'), declaration, name)}`
}

/** Members that no user can reach. A private constructor stays: that nobody can construct is something to know. */
export function privateMembers(declaration: Declaration): readonly Node[] {
  if (declaration.type !== 'ClassDeclaration') return []
  return declaration.body.body.filter(
    (member) =>
      member.type === 'ClassPrivateProperty' ||
      ('accessibility' in member && member.accessibility === 'private' && !isConstructor(member)),
  )
}

function isConstructor(member: Node): boolean {
  return 'kind' in member && member.kind === 'constructor'
}

/** `export { inner as outer }` shows as `outer`. */
function renamed(text: string, declaration: Declaration, name: string): string {
  const inner = 'id' in declaration && declaration.id && 'name' in declaration.id ? declaration.id.name : name
  return inner === name ? text : text.replace(new RegExp(`\\b${inner}\\b`), name)
}

function range(node: { readonly start?: number | null; readonly end?: number | null }): readonly [number, number] {
  return [node.start ?? 0, node.end ?? 0]
}
