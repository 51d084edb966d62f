/**
 * The backends of a measurement, each a process of its own, and what they saw.
 */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Child, startChild } from '../child.ts'
import type { Backend, BackendTask, Report } from './backend.ts'

/** Starts a process for each task, does the work, and stops all on every path. */
export async function withBackends<Found>(
  options: { readonly tasks: readonly BackendTask[]; readonly signal: AbortSignal },
  work: (backends: readonly Backend[]) => Promise<Found>,
): Promise<Found> {
  const module = new URL('backend.ts', import.meta.url)
  const children: readonly Child<Backend>[] = options.tasks.map((task) =>
    startChild<Backend>({ module, task, signal: options.signal }),
  )
  try {
    return await work(await Promise.all(children.map(({ said }) => said)))
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

/** The pods of all backends, in their order. */
export function locatorsOf(backends: readonly Backend[]): readonly string[] {
  return backends.flatMap(({ locators }) => locators)
}

/** What a backend saw until now. It must be alive. */
export async function reportOf({ reportPort }: Backend): Promise<Report> {
  return JSON.parse(await text(connect(reportPort, '127.0.0.1'))) as Report
}

/** Connections that the backends accepted until now. */
export async function connectionsTo(backends: readonly Backend[]): Promise<number> {
  const reports = await Promise.all(backends.map(reportOf))
  return reports.reduce((sum, { accepted }) => sum + accepted, 0)
}
