/**
 * What a container writes, in the format that kubelets read for `kubectl logs`: time, stream, F for a full line, text.
 * Source: kubernetes/design-proposals-archive, node/kubelet-cri-logging.md.
 */
import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'

/** Writes both streams of a process to a file, until both have ended. Resolves when all is written. */
export async function writeLog(path: string, streams: Readonly<Record<'stdout' | 'stderr', Readable>>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const file = createWriteStream(path, { flags: 'a' })
  const ended = Object.entries(streams).map(([name, stream]) => {
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('line', (text) => file.write(`${new Date().toISOString()} ${name} F ${text}\n`))
    return once(lines, 'close')
  })
  await Promise.all(ended)
  file.end()
  await finished(file)
}
