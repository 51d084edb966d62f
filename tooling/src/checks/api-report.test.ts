import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PlantedCheckout, plantedCheckout } from '../testing/planted-checkout.ts'
import { checkApiReports, writeApiReports } from './api-report.ts'

let checkout: PlantedCheckout
let root = ''

beforeEach(() => {
  checkout = plantedCheckout({})
  root = checkout.root
  const exports = {
    '.': { source: './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  }
  checkout.plant('packages/core/package.json', JSON.stringify({ name: '@evenkeel/core', exports }))
  checkout.plant('packages/core/dist/index.d.ts', "export * from './peer.ts';\n")
  checkout.plant('packages/core/dist/peer.d.ts', 'export interface Peer {\n    readonly id: string;\n}\n')
})

afterEach(() => checkout[Symbol.dispose]())

test('a report that was just written passes', () => {
  expect(writeApiReports(root)).toEqual({ ok: true, output: '' })
  expect(checkApiReports(root)).toEqual({ ok: true, output: '' })
})

test('a report lists what is exported: sorted by name, members in their order, in the format of the repository', () => {
  declare(`
    /** What a peer is called. */
    export type Name = string;
    export interface Peer { readonly zone: string; /** Ours. */ readonly id: Name; }
    export declare function peer(id: Name): Peer;
    export declare function peer(id: Name, zone: string): Peer;
    export declare const limit = 12;
  `)
  expect(code()).toBe(
    [
      'export type Name = string',
      '',
      'export interface Peer {',
      '  readonly zone: string',
      '  readonly id: Name',
      '}',
      '',
      'export const limit = 12',
      '',
      'export function peer(id: Name): Peer',
      'export function peer(id: Name, zone: string): Peer',
    ].join('\n'),
  )
})

test('private members, comments inside of types and helpers that are not exported are left out; a private constructor stays', () => {
  declare(`
    declare const helper: number;
    export declare class Peer {
      #private;
      private secret;
      private whisper;
      private constructor();
      /** Shown. */
      protected shown: string;
      get size(): number;
      at(index: number /* from 0 */): string;
    }
    export {};
  `)
  expect(code()).toBe(
    [
      'export class Peer {',
      '  private constructor()',
      '  protected shown: string',
      '  get size(): number',
      '  at(index: number): string',
      '}',
    ].join('\n'),
  )
})

test('a name is shown as users import it, a class that only its type is exported of says so, and foreign types say where they are from', () => {
  checkout.plant('packages/core/dist/index.d.ts', "export { type Peer, type Inner as Outer } from './peer.ts';\n")
  checkout.plant(
    'packages/core/dist/peer.d.ts',
    `import type { Dispatcher } from 'undici';
     import type * as http from 'node:http';
     export declare class Peer extends Dispatcher { answer(): http.ServerResponse; }
     export interface Inner { readonly id: string; }`,
  )
  expect(code()).toBe(
    [
      "import type * as http from 'node:http'",
      "import type { Dispatcher } from 'undici'",
      '',
      'export interface Outer {',
      '  readonly id: string',
      '}',
      '',
      '// the type only, not the class',
      'export class Peer extends Dispatcher {',
      '  answer(): http.ServerResponse',
      '}',
    ].join('\n'),
  )
})

test('a changed member is red with the package and the first line that differs', () => {
  writeApiReports(root)
  declare('export interface Peer { readonly id: number; }')
  expect(checkApiReports(root).output).toBe(
    'packages/core/api.md:9: "readonly id: string" (expected: "readonly id: number")',
  )
})

test('an export that came or went is red', () => {
  writeApiReports(root)
  declare('export interface Peer { readonly id: string; }\nexport type Zone = string;')
  expect(checkApiReports(root).output).toBe('packages/core/api.md:11: "```" (expected: "")')
  writeApiReports(root)
  declare('export interface Peer { readonly id: string; }')
  expect(checkApiReports(root).ok).toBe(false)
})

test('lines after the end of a report are red', () => {
  writeApiReports(root)
  checkout.plant('packages/core/api.md', `${readFileSync(join(root, 'packages/core/api.md'), 'utf8')}more\n`)
  expect(checkApiReports(root).output).toBe('packages/core/api.md:12: "more" (expected: "")')
})

test('a package without a report is red', () => {
  expect(checkApiReports(root).output).toBe(
    'packages/core/api.md: missing (expected: written by api-report.ts --write)',
  )
})

test('a package that was not built is red', () => {
  rmSync(join(root, 'packages/core/dist'), { recursive: true })
  expect(checkApiReports(root).output).toBe(
    'packages/core: packages/core/dist/index.d.ts: missing (expected: a build, `npm run build`)',
  )
})

test.each([
  ['a member', 'export interface Peer { readonly zone: Zone; }'],
  ['a parameter', 'export declare function at(zone: readonly Zone[]): void;'],
  ['a base', 'export interface Peer extends Zone {}'],
  ['what a class implements', 'export declare class Peer implements Zone {}'],
  ['a base class', 'export declare class Peer extends Zone {}'],
  ['a query', 'export type Peer = typeof Zone;'],
  ['a qualified name', 'export type Peer = Zone.Inner;'],
])('a type that only %s mentions and nobody exports is red, also if another file has it', (_, text) => {
  const name = /(?:interface|function|class|type) (\w+)/.exec(text)?.[1]
  const complaint = `packages/core/src/peer.ts: ${name} mentions Zone (expected: an exported type)`
  declare(`interface Zone {}\n${text}\nexport {};`)
  expect(writeApiReports(root).output).toBe(complaint)
  checkout.plant('packages/core/dist/zone.d.ts', 'export interface Zone {}\n')
  declare(`import type { Zone } from './zone.ts';\n${text}`)
  expect(writeApiReports(root).output).toBe(complaint)
  checkout.plant('packages/core/dist/index.d.ts', "export * from './peer.ts';\nexport * from './zone.ts';\n")
  expect(writeApiReports(root).output).toBe('')
})

test('a type parameter, a type of the language and one that only a private member mentions need no export', () => {
  declare(`
    interface Zone {}
    export declare class Peer<Zone> { private at(zone: Hidden): void; one(zone: Zone): Promise<Zone>; }
    interface Hidden {}
    export {};
  `)
  expect(writeApiReports(root).output).toBe('')
})

test.each([
  ['export default 1', 'ExportDefaultDeclaration'],
  ["export * as all from './zone.ts'", 'ExportNamespaceSpecifier'],
])('an export without a name of its own cannot be reported: %s', (text, kind) => {
  declare(text)
  expect(writeApiReports(root).output).toBe(
    `packages/core: ${join(root, 'packages/core/dist/peer.d.ts')}:1: ${kind} (expected: named exports)`,
  )
})

test('a name that its module does not have is red', () => {
  checkout.plant('packages/core/dist/index.d.ts', "export { Zone } from './peer.ts';\n")
  expect(writeApiReports(root).output).toContain('Zone is not in ./peer.ts')
})

/** The code of the report's only section. */
function code(): string | undefined {
  expect(writeApiReports(root).output).toBe('')
  return /```ts\n([^`]*)\n```/.exec(readFileSync(join(root, 'packages/core/api.md'), 'utf8'))?.[1]
}

function declare(text: string): void {
  checkout.plant('packages/core/dist/peer.d.ts', text)
}
