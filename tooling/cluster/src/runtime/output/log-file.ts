/**
 * What a container writes, in the format that kubelets read for `kubectl logs`: time, stream, F for a full line, text.
 * Source: kubernetes/design-proposals-archive, node/kubelet-cri-logging.md.
 */
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Writes both streams of a process to a file, until both have ended. */
export function writeLog(path: string, streams: Readonly<Record<'stdout' | 'stderr', Readable>>): void {
  mkdirSync(dirname(path), { recursive: true })
  const file = createWriteStream(path, { flags: 'a' })
  let open = 0
  for (const [name, stream] of Object.entries(streams)) {
    open++
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('line', (text) => file.write(`${new Date().toISOString()} ${name} F ${text}\n`))
    lines.once('close', () => {
      open--
      if (open === 0) file.end()
    })
  }
}
