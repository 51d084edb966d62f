/** Policies, guards, choosers, loads and resolvers decide where requests go: each has a test beside it or runs under the laws. */
import { basename, dirname } from 'node:path'
import { declarationsOf } from '../../../source/declarations.ts'
import { importsOf } from '../../../source/imports.ts'
import { type Checkout, isTest } from '../checkout.ts'
import type { Rule } from '../rule.ts'

const rooms = ['policy', 'guard', 'chooser', 'load', 'resolver', 'narrowing']
/** A call of a suite of testkit; a test that has one and names the subject puts it under the laws. */
const laws = /\b(policy|guard|narrowing|resolver|transport)Laws\(/

/**
 * Sources in the rooms of the packages that decide; testkit's rooms of those names hold the laws themselves. A test of the same room
 * that imports the file will do, and so will a sibling that imports it as its part and is tested.
 */
export const tested: Rule = {
  name: 'what decides has a test beside it or runs under the laws',
  check(checkout) {
    const suites = checkout.files
      .filter((path) => path.startsWith('packages/') && path.endsWith('.test.ts'))
      .map((path) => checkout.text(path))
      .filter((text) => laws.test(text))
    return checkout.packages
      .filter((folder) => folder !== 'packages/testkit')
      .flatMap((folder) => checkout.sources(folder))
      .filter((path) => rooms.includes(basename(dirname(path))) && basename(path) !== 'index.ts')
      .filter((path) => !isTested(checkout, path) && !isUnderLaws(checkout, path, suites))
      .map((file) => ({
        file,
        got: 'no test',
        expected: `${basename(file, '.ts')}.test.ts beside it, or laws that name what it exports`,
      }))
  },
}

function isTested(checkout: Checkout, path: string): boolean {
  if (checkout.exists(testOf(path))) return true
  const importers = checkout.files.filter(
    (other) => dirname(other) === dirname(path) && other.endsWith('.ts') && imports(checkout, other, basename(path)),
  )
  return importers.some((other) => isTest(other) || checkout.exists(testOf(other)))
}

function imports(checkout: Checkout, path: string, name: string): boolean {
  return importsOf(checkout.source(path)).some(({ from }) => from === `./${name}`)
}

function testOf(path: string): string {
  return path.replace(/\.ts$/, '.test.ts')
}

function isUnderLaws(checkout: Checkout, path: string, suites: readonly string[]): boolean {
  const exported = declarationsOf(checkout.source(path)).filter((one) => one.exported)
  return suites.some((text) => exported.some(({ name }) => new RegExp(`\\b${name}\\b`).test(text)))
}
