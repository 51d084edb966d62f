/**
 * A command inside a container, for probes and hooks.
 */
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { Container } from './container.ts'
import { CriError } from './cri.ts'

/** What came of it. */
export interface ExecResult {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly exit_code: number
}

// As CRI asks: what is more is thrown away.
const mostBytes = 16 * 2 ** 20

/** Runs it. @param timeoutMs 0 for no limit @throws CriError DEADLINE_EXCEEDED when the time is over */
export async function exec(container: Container, command: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const [file, ...words] = [...container.enter(), '--', ...command] as [string, ...string[]]
  // A group of its own: what enters a process namespace forks, and the limit ends both.
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], env: container.environment, detached: true })
  const limit = new AbortController()
  let late = false
  if (timeoutMs > 0)
    setTimeout(timeoutMs, undefined, { signal: limit.signal }).then(
      () => {
        late = true
        process.kill(-(child.pid as number), 'SIGKILL')
      },
      () => {},
    )
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 137))
  })
  const [stdout, stderr, code] = await Promise.all([start(child.stdout), start(child.stderr), ended])
  limit.abort()
  if (late) throw new CriError('DEADLINE_EXCEEDED', `${command.join(' ')}: no end after ${timeoutMs} ms`)
  return { stdout, stderr, exit_code: code }
}

async function start(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    if (bytes < mostBytes) chunks.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(chunks).subarray(0, mostBytes)
}
