/**
 * What pods were asked. Each writes a line into a file of its own as a call comes to its handler, so that it is known even if the process ends with that call;
 * the trial reads all files at the end.
 */
import { mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { AttemptRecord } from '../recording/recording.ts'
import { machineMs } from './machine-clock.ts'
import type { Asked } from './service.ts'

/** A call as it came to a handler. */
export interface Arrival extends Pick<Asked, 'client' | 'call' | 'beganMs'> {
  readonly method: 'read' | 'write' | 'follow'
}

/** Begins the file of a pod, or goes on with it. @returns writes an arrival */
export function startArrivals(folder: string, pod: string, address: string): (arrival: Arrival) => void {
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, `${pod}@${address}`), 'a')
  // At once, and by the kernel: what a process keeps for later dies with it.
  return ({ client, call, beganMs, method }) =>
    void writeSync(file, `${machineMs()} ${beganMs} ${client} ${method} ${call}\n`)
}

/** All arrivals in order, in times of this process. Only calls of `write` tell which they are: others may come twice. */
export function readArrivals(folder: string): readonly AttemptRecord[] {
  const aheadMs = machineMs() - performance.now()
  return readdirSync(folder)
    .flatMap((name) => {
      const address = name.slice(name.lastIndexOf('@') + 1)
      const lines = readFileSync(join(folder, name), 'utf8').split('\n')
      // A process that was killed may have left half a line.
      return lines
        .filter((line) => /^[\d.]+ [\d.]+ \S+ \S+ \d+$/.test(line))
        .map((line) => attempt(line, address, aheadMs))
    })
    .sort((one, other) => one.at - other.at)
}

function attempt(line: string, address: string, aheadMs: number): AttemptRecord {
  const [at, began, client = '', method, call] = line.split(' ')
  const ours = (time: string | undefined): number => Number(time) - aheadMs
  return { client, at: ours(at), beganAt: ours(began), address, call: method === 'write' ? call : undefined }
}
