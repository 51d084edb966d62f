/**
 * Every exported declaration says what it is; so does every public member of what users can import. A member that implements or
 * overrides another needs no second description; a constructor is described by its class.
 *
 * Members of what only the package itself sees are counted instead: a name such as `clock` often says enough there.
 */
import { join, relative } from 'node:path'
import type { ClassBody, Node, TSTypeElement } from '@babel/types'
import { type Declared, declarationsOf } from '../../../source/declarations.ts'
import { docstringOf } from '../../../source/docstring.ts'
import { entriesOf, exportsOf } from '../../../source/package-sources.ts'
import type { Budgets } from '../budgets.ts'
import type { Checkout } from '../checkout.ts'
import type { Complaint, Rule } from '../rule.ts'

/** Asks for docstrings; `budget` is what is left to be written inside of the packages, by file. */
export function documented(budget: Budgets['undocumentedMembers']): Rule {
  return {
    name: 'every export is documented',
    check(checkout) {
      const { mute, shown, inside } = findUndocumented(checkout)
      const files = new Set([...inside.keys(), ...Object.keys(budget)])
      return [
        ...mute.map((one) => complain(checkout, one)),
        ...shown.map(({ one, member }) => complain(checkout, one, member)),
        ...[...files].toSorted().flatMap((file) => compare(file, inside.get(file) ?? [], budget[file] ?? 0)),
      ]
    },
  }
}

/** How many members inside of packages have no docstring, by file. */
export function countUndocumented(checkout: Checkout): Budgets['undocumentedMembers'] {
  return Object.fromEntries([...findUndocumented(checkout).inside].map(([file, names]) => [file, names.length]))
}

/** What has no docstring. */
interface Undocumented {
  /** Exported declarations. */
  readonly mute: readonly Declared[]
  /** Members of what users can import. */
  readonly shown: readonly SilentMember[]
  /** Names of members of what they cannot, by file. */
  readonly inside: ReadonlyMap<string, readonly string[]>
}

interface SilentMember {
  readonly one: Declared
  readonly member: Member
}

function findUndocumented(checkout: Checkout): Undocumented {
  const declared = checkout.packages.flatMap((folder) => declaredIn(checkout, folder))
  // An interface of one package is implemented in another.
  const byName = new Map<string, Declared[]>()
  for (const one of declared) byName.set(one.name, [...(byName.get(one.name) ?? []), one])
  const surface = new Set(checkout.packages.flatMap((folder) => surfaceOf(checkout, folder)))
  const exported = declared.filter((one) => one.exported)
  const silent = exported.flatMap((one) => silentMembers(one, byName).map((member) => ({ one, member })))
  const inside = new Map<string, string[]>()
  for (const { one, member } of silent.filter((found) => !surface.has(found.one.node))) {
    const file = pathOf(checkout, one)
    inside.set(file, [...(inside.get(file) ?? []), `${one.name}.${nameOf(member)}`])
  }
  return {
    mute: exported.filter(({ docstring }) => docstring === undefined),
    shown: silent.filter(({ one }) => surface.has(one.node)),
    inside,
  }
}

type Member = TSTypeElement | ClassBody['body'][number]
type ByName = ReadonlyMap<string, readonly Declared[]>

function declaredIn(checkout: Checkout, folder: string): readonly Declared[] {
  return checkout.sources(folder).flatMap((path) => declarationsOf(checkout.source(path)))
}

/** The declarations that the entry points export. */
function surfaceOf(checkout: Checkout, folder: string): readonly Node[] {
  const entries = [...entriesOf(join(checkout.root, folder)).values()]
  return entries.flatMap((path) => exportsOf(path)).map(({ node }) => node)
}

function silentMembers({ node }: Declared, byName: ByName): readonly Member[] {
  const members = membersOf(node).filter(isPublic)
  const told = new Set(members.filter((member) => docstringOf(member) !== undefined).map(nameOf))
  return members.filter((member) => !told.has(nameOf(member)) && !isInherited(node, nameOf(member), byName))
}

function membersOf(node: Node): readonly Member[] {
  return node.type === 'TSInterfaceDeclaration' || node.type === 'ClassDeclaration' ? node.body.body : []
}

function isPublic(member: Member): boolean {
  const { accessibility, override, kind } = member as { accessibility?: string; override?: boolean; kind?: string }
  return 'key' in member && !isPrivateName(member) && accessibility !== 'private' && !override && kind !== 'constructor'
}

function isPrivateName(member: Member): boolean {
  return 'key' in member && member.key.type === 'PrivateName'
}

/** Whether a named base, or a base of one, has the member too. */
function isInherited(node: Node, name: string, byName: ByName): boolean {
  return basesOf(node)
    .flatMap((base) => byName.get(base) ?? [])
    .some(
      (base) => membersOf(base.node).some((member) => nameOf(member) === name) || isInherited(base.node, name, byName),
    )
}

function basesOf(node: Node): readonly string[] {
  if (node.type === 'TSInterfaceDeclaration')
    return (node.extends ?? []).flatMap(({ expression }) => identifier(expression))
  if (node.type !== 'ClassDeclaration') return []
  const promised = (node.implements ?? []).flatMap((one) => ('expression' in one ? identifier(one.expression) : []))
  return [...promised, ...identifier(node.superClass)]
}

function identifier(node: Node | null | undefined): readonly string[] {
  return node?.type === 'Identifier' ? [node.name] : []
}

/** `[Symbol.dispose]` is called `dispose`. */
function nameOf(member: Member): string {
  const key = 'key' in member ? member.key : undefined
  if (key?.type === 'MemberExpression') return identifier(key.property as Node)[0] ?? key.type
  if (key?.type === 'StringLiteral') return key.value
  return identifier(key)[0] ?? member.type
}

function complain(checkout: Checkout, one: Declared, member?: Member): Complaint {
  const file = `${pathOf(checkout, one)}:${(member ?? one.node).loc?.start.line}`
  const name = member === undefined ? one.name : `${one.name}.${nameOf(member)}`
  return { file, got: `${name} without a docstring`, expected: 'what it is, its unit, its errors' }
}

function pathOf(checkout: Checkout, { source }: Declared): string {
  return relative(checkout.root, source.path)
}

function compare(file: string, names: readonly string[], budget: number): readonly Complaint[] {
  const count = names.length
  if (count === budget) return []
  const got = `${count} members without a docstring${count === 0 ? '' : `: ${names.join(', ')}`}`
  return [{ file, got, expected: count > budget ? `<= ${budget}` : `a budget of ${count} instead of ${budget}` }]
}
