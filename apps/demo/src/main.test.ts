/** The program itself, as a process; where children are found in `/proc`, so on Linux only. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'

// Nine processes start at once, perhaps beside other tests.
const slow = { timeout: 60_000 }
let demo: ChildProcess | undefined
afterEach(() => {
  if (demo?.exitCode === null) demo.kill('SIGTERM')
})

function start(...parameters: readonly string[]): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const program = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, ['--conditions=source', program, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  demo = child
  return child
}

describe.runIf(process.platform === 'linux')('the program', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops it and all of its children', slow, async (signal) => {
    const child = start('--seconds', '20')
    const [line] = await once(createInterface(child.stdout), 'line')
    expect(line).toContain('warm-up')
    const children = childrenOf(child.pid as number)
    expect(children.length).toBe(8)
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([130, null])
    expect(children.filter(isAlive)).toEqual([])
  })

  test('a wrong argument is refused with code 2 and starts nothing', slow, async () => {
    const child = start('--seconds', '5')
    const [[line], [code]] = await Promise.all([
      once(createInterface(child.stderr as NodeJS.ReadableStream), 'line'),
      once(child, 'exit'),
    ])
    expect(line).toBe('--seconds: 5 (expected: a number of at least 20)')
    expect(code).toBe(2)
  })
})

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)
}

/** The fourth field of `/proc/<pid>/stat`; undefined for a process that has just gone. */
function parentOf(pid: number): number | undefined {
  try {
    // The name in brackets may hold blanks; the fields after it do not.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
