/**
 * Rules about packets in chains of our own, which stand before those of kube-proxy. iptables changes all rules of one call or none.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** A chain of ours and where packets come to it. */
export interface Chain {
  readonly table: 'mangle' | 'nat'
  readonly name: string
  /** Chains of the kernel that it stands first in, each with what a packet must be like besides. */
  readonly hooks: Readonly<Record<string, readonly string[]>>
  /** A rule that it has from the beginning and keeps. */
  readonly keeps?: readonly string[]
}

let count = 0
// Two that make a chain at the same time would hang it up twice.
let turn: Promise<void> = Promise.resolve()

/** Adds rules to a chain, which is made if there is none yet. @returns takes exactly these away again */
export async function addRules(chain: Chain, rules: readonly (readonly string[])[]): Promise<() => Promise<void>> {
  // Two faults may want the same rule, and each takes away its own.
  const comment = ['-m', 'comment', '--comment', `evenkeel-${process.pid}-${++count}`]
  const marked = rules.map((rule) => [...comment, ...rule])
  const placed = turn.then(() => standFirst(chain))
  turn = placed.catch(() => {})
  await placed
  await change(chain, marked, '-A')
  return () => change(chain, marked, '-D')
}

/** kube-proxy puts its chains first when it starts, so the place is taken anew for each fault. */
async function standFirst(chain: Chain): Promise<void> {
  const { table, name, hooks, keeps } = chain
  const isNew = await run('iptables', ['-w', '-t', table, '-N', name], 'refusal is no error')
  if (isNew && keeps !== undefined) await change(chain, [keeps], '-A')
  for (const [hook, match] of Object.entries(hooks)) {
    const jump = [...match, '-j', name]
    const isThere = await run('iptables', ['-w', '-t', table, '-C', hook, ...jump], 'refusal is no error')
    const words = jump.join(' ')
    await restore(table, [...(isThere ? [`-D ${hook} ${words}`] : []), `-I ${hook} 1 ${words}`])
  }
}

function change({ table, name }: Chain, rules: readonly (readonly string[])[], how: '-A' | '-D'): Promise<void> {
  return restore(
    table,
    rules.map((rule) => `${how} ${name} ${rule.join(' ')}`),
  )
}

async function restore(table: string, lines: readonly string[]): Promise<void> {
  await run('iptables-restore', ['-w', '--noflush'], 'refusal is an error', `*${table}\n${lines.join('\n')}\nCOMMIT\n`)
}

/** @returns whether it did what it was asked */
async function run(
  program: string,
  parameters: readonly string[],
  how: 'refusal is an error' | 'refusal is no error',
  input = '',
): Promise<boolean> {
  const child = spawn(program, parameters)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${program}: ${error.message} (expected: iptables is installed)`)))
    child.once('close', resolve)
  })
  // What ends early says why itself, and does not read to the end.
  child.stdin.on('error', () => {}).end(input)
  const [complaint, code] = await Promise.all([text(child.stderr), ended])
  if (code !== 0 && how === 'refusal is an error') throw new Error(`${program} ${input}: ${complaint.trim()}`)
  return code === 0
}
