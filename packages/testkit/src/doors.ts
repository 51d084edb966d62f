/**
 * Law 5: the doors of a process to real time and chance, watched while something runs. What goes through is let through and written down.
 */

import { holds } from './law.ts'

// By object and name, so that this list is not itself a use of them.
const watched: readonly (readonly [string, string])[] = [
  ['Math', 'random'],
  ['Date', 'now'],
  ['performance', 'now'],
  ['process', 'hrtime'],
  ['process', 'uptime'],
  ['crypto', 'getRandomValues'],
  ['crypto', 'randomUUID'],
  ['globalThis', 'setTimeout'],
  ['globalThis', 'setInterval'],
  ['globalThis', 'setImmediate'],
]

/** Law 5: `work`, which must not wait for anything, uses none of them. @throws Breach */
export function checkDoors(work: () => void): void {
  const used = doorsUsedBy(work)
  holds(5, used.length === 0, () => `${used.join(', ')} is used`)
}

/** Runs `work`, which must not wait for anything. @returns the doors that were used, each once */
function doorsUsedBy(work: () => void): readonly string[] {
  const used = new Set<string>()
  const restores = watched.map(([owner, name]) => watch(owner, name, used))
  restores.push(watchDate(used))
  try {
    work()
  } finally {
    for (const restore of restores.reverse()) restore()
  }
  return [...used]
}

function watch(owner: string, name: string, used: Set<string>): () => void {
  const holder = owner === 'globalThis' ? globalThis : Reflect.get(globalThis, owner)
  const own = Object.getOwnPropertyDescriptor(holder, name)
  const real: unknown = Reflect.get(holder, name)
  if (typeof real !== 'function') return () => {}
  const spy = new Proxy(real, {
    apply: (target, self, args) => {
      used.add(`${owner}.${name}`)
      return Reflect.apply(target, self, args)
    },
  })
  Object.defineProperty(holder, name, { value: spy, configurable: true, writable: true })
  return () => {
    if (own === undefined) Reflect.deleteProperty(holder, name)
    else Object.defineProperty(holder, name, own)
  }
}

/** `new Date()` without arguments reads the clock; with arguments it converts. */
function watchDate(used: Set<string>): () => void {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Date') as PropertyDescriptor
  const spy = new Proxy(own.value as DateConstructor, {
    apply: (target, self, args) => {
      used.add('Date()')
      return Reflect.apply(target, self, args)
    },
    construct: (target, args, newTarget) => {
      if (args.length === 0) used.add('new Date()')
      return Reflect.construct(target, args, newTarget)
    },
  })
  Object.defineProperty(globalThis, 'Date', { ...own, value: spy })
  return () => Object.defineProperty(globalThis, 'Date', own)
}
