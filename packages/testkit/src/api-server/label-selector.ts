/**
 * Label selectors: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a` and `!a`, with commas between them.
 */
import { badRequest } from './status.ts'

/** Whether labels are selected. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean

const key = '[A-Za-z0-9][A-Za-z0-9._/-]*'
const value = '[A-Za-z0-9._-]*'
const forms: readonly (readonly [RegExp, (...parts: readonly string[]) => LabelSelector])[] = [
  [
    new RegExp(`^(${key})$`),
    (name = '') =>
      (labels) =>
        Object.hasOwn(labels, name),
  ],
  [
    new RegExp(`^!\\s*(${key})$`),
    (name = '') =>
      (labels) =>
        !Object.hasOwn(labels, name),
  ],
  [
    new RegExp(`^(${key})\\s*==?\\s*(${value})$`),
    (name = '', wanted) =>
      (labels) =>
        labels[name] === wanted,
  ],
  [
    new RegExp(`^(${key})\\s*!=\\s*(${value})$`),
    (name = '', unwanted) =>
      (labels) =>
        labels[name] !== unwanted,
  ],
  [new RegExp(`^(${key})\\s+in\\s*\\(([^()]*)\\)$`), (name = '', list = '') => isIn(name, list)],
  [new RegExp(`^(${key})\\s+notin\\s*\\(([^()]*)\\)$`), (name = '', list = '') => isNotIn(name, list)],
]

/** Reads one; the empty text selects everything. @throws Refused 400 for what is none */
export function labelSelector(text: string): LabelSelector {
  // A comma inside of parentheses separates values.
  const requirements = text.trim() === '' ? [] : text.split(/,(?![^(]*\))/).map((part) => requirement(part.trim()))
  return (labels) => requirements.every((holds) => holds(labels))
}

function requirement(text: string): LabelSelector {
  for (const [form, make] of forms) {
    const found = form.exec(text)
    if (found !== null) return make(...found.slice(1))
  }
  throw badRequest(`unable to parse requirement: found '${text}'`)
}

function isIn(name: string, list: string): LabelSelector {
  const wanted = new Set(list.split(',').map((one) => one.trim()))
  return (labels) => wanted.has(labels[name] ?? '') && Object.hasOwn(labels, name)
}

function isNotIn(name: string, list: string): LabelSelector {
  const holds = isIn(name, list)
  return (labels) => !holds(labels)
}
